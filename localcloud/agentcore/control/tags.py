"""The operations on tags, of whatever area a resource is.

Sources: botocore operations of these names, `TagsMap` (50 tags).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from localcloud.agentcore.control import access
from localcloud.agentcore.control.areas import Area, Operation, Question
from localcloud.agentcore.control.rules import check_tags
from localcloud.agentcore.errors import QuotaExceeded, ResourceNotFound
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

MAX_TAGS: Final = 50


class Tags:
    """The operations on the tags of all areas. See `Operations`."""

    def __init__(self, areas: Sequence[Area]) -> None:
        """Look for resources in `areas`."""
        self._areas = areas

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Return the three operations."""
        return {
            "TagResource": self._tag_resource,
            "UntagResource": self._untag_resource,
            "ListTagsForResource": self._list_tags_for_resource,
        }

    def questions(self, _: Caller, operation: str, members: JsonObject) -> Iterator[Question]:
        """Return what is asked: one action on the resource."""
        arn = str(members.get("resourceArn", "*"))
        tags = next((tags for area in self._areas if (tags := area.tags(arn)) is not None), None)
        context = access.conditions({}, members, tags)
        yield Question(f"{access.PREFIX}:{operation}", arn, context)

    def _tag_resource(self, _: Caller, members: JsonObject) -> JsonObject:
        """Set tags; those that are not named stay as they are."""
        area, present = self._find(members["resourceArn"])
        check_tags(members["tags"])
        tags = {**present, **members["tags"]}
        if len(tags) > MAX_TAGS:
            raise QuotaExceeded(f"A resource may have at most {MAX_TAGS} tags")
        area.put_tags(members["resourceArn"], tags)
        return {}

    def _untag_resource(self, _: Caller, members: JsonObject) -> JsonObject:
        """Remove tags; those that are not there do not matter."""
        area, present = self._find(members["resourceArn"])
        gone = frozenset(members["tagKeys"])
        tags = {name: value for name, value in present.items() if name not in gone}
        area.put_tags(members["resourceArn"], tags)
        return {}

    def _list_tags_for_resource(self, _: Caller, members: JsonObject) -> JsonObject:
        return {"tags": dict(self._find(members["resourceArn"])[1])}

    def _find(self, arn: str) -> tuple[Area, Mapping[str, str]]:
        for area in self._areas:
            tags = area.tags(arn)
            if tags is not None:
                return area, tags
        raise ResourceNotFound(f"Resource {arn} not found")
