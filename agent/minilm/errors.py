"""What can go wrong while embedding."""


class WeightsUnreadable(Exception):
    """Not the protobuf, the tensors or the checksum that were expected."""

    code = "weights-unreadable"
