"""The section 施設's definitions: facilities, rooms and rules that an admin lays down, and who changed them."""
