"""Rows of the section 設備: how far lists and editions came, and the boxes."""

from gateway.pages.access.rights import Right, Rows

ROWS: Rows = {
    ("GET", "/revocations"): frozenset({Right.door_board, Right.read_cards}),
    ("GET", "/revocations/{version}"): frozenset({Right.door_board, Right.read_cards}),
    ("GET", "/revocations/{version}/part"): frozenset({Right.door_board, Right.read_cards}),
    ("GET", "/rollouts"): frozenset({Right.door_board}),
    ("GET", "/rollouts/{number}"): frozenset({Right.door_board}),
    ("GET", "/rollouts/{number}/part"): frozenset({Right.door_board}),
    ("POST", "/rollouts/{number}/approve"): frozenset({Right.decide_rollouts}),
    ("POST", "/rollouts/{number}/stop"): frozenset({Right.decide_rollouts}),
    ("POST", "/rollouts/{number}/return"): frozenset({Right.decide_rollouts}),
    ("GET", "/controllers"): frozenset({Right.door_board}),
    ("GET", "/controllers/part"): frozenset({Right.door_board}),
    ("POST", "/controllers/invitations"): frozenset({Right.keep_controllers}),
    ("POST", "/controllers/{request_id}/admit"): frozenset({Right.keep_controllers}),
    ("POST", "/controllers/{request_id}/refuse"): frozenset({Right.keep_controllers}),
    ("GET", "/controllers/devices/{device_id}"): frozenset({Right.door_board}),
    ("GET", "/controllers/devices/{device_id}/part"): frozenset({Right.door_board}),
    ("POST", "/controllers/devices/{device_id}/revoke"): frozenset({Right.keep_controllers}),
    ("GET", "/controllers/devices/{device_id}/requests/{request_id}"): frozenset({Right.keep_controllers}),
    ("POST", "/controllers/devices/{device_id}/requests/{request_id}"): frozenset({Right.keep_controllers}),
    ("POST", "/controllers/devices/{device_id}/list"): frozenset({Right.keep_controllers}),
}
