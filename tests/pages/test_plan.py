"""Floor plans over the pages: uploaded, doors placed, replaced, removed."""

from gateway.operations.identity.roles import Role
from gateway.pages.entrance.border import UPLOAD_BYTES_MAX
from tests.pages.conftest import csrf_of

PLAN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200"><rect width="400" height="200" fill="#eee"/></svg>'
)


def upload(client, name: str = "1階", text: str = PLAN):
    form = {"csrf": csrf_of(client), "name": name}
    return client.post("/plans", data=form, files={"image": ("plan.svg", text.encode(), "image/svg+xml")})


def test_a_plan_is_uploaded_doors_are_placed_and_seen(sign_in_as) -> None:
    client = sign_in_as(Role.facility_admin)
    answer = upload(client)
    assert answer.headers["location"] == "/plans/1/edit"
    token = csrf_of(client)
    client.post("/plans/1/markers", data={"csrf": token, "door": "west", "x": "25", "y": "50"})
    client.post("/plans/1/markers", data={"csrf": token, "door": "main", "x": "75.5", "y": "99.9"})
    text = client.get("/plans/1").text
    assert 'transform="translate(250 250)"' in text
    assert "mark-trouble" in text
    assert "開け放しです" in text
    assert upload(client).headers["location"] == "/plans/1/edit"
    assert "置いた扉 2/5" in client.get("/plans").text
    client.post("/plans/1/markers/remove", data={"csrf": token, "door": "main"})
    assert 'id="mark-main"' not in client.get("/plans/1/part").text
    picture = client.get("/plans/1/image")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["x-content-type-options"] == "nosniff"
    client.post("/plans/1/remove", data={"csrf": token})
    assert client.get("/plans/1").status_code == 404


def test_what_is_no_plan_is_refused_in_words(sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    refused = upload(client, text="GIF89a")
    assert refused.status_code == 422
    assert "SVG でも PNG でもありません" in refused.text
    assert "階の名前が正しくありません" in upload(client, name=" ").text
    assert upload(client, text="x" * UPLOAD_BYTES_MAX["/plans"]).status_code == 413
    outside = {"csrf": csrf_of(client), "door": "main", "x": "101", "y": "5"}
    assert client.post("/plans/1/markers", data=outside).status_code in (400, 422)
    assert client.post("/plans/1/markers", data=outside | {"x": "5", "door": "moon"}).status_code == 404
