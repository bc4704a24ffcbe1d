"""The functions do what the document for callers says; Schemathesis asks them."""

from tests.support import public_api
from tests.support.data_plane import DataPlane
from tests.support.loopback import serve


def test_every_answer_is_of_the_document(plane: DataPlane) -> None:
    with serve(public_api.served()) as url:
        checked = public_api.check(url, public_api.KEY, examples=40)
    assert checked == ["POST /invoke", "POST /invoke/stream"]
    assert len(plane.invoked) > 20
