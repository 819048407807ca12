"""The shipped profiles, as the product reads them."""

from contract.attendance_profile import shipped_profile

HAGI, LSA = shipped_profile("hagi"), shipped_profile("lsa")
