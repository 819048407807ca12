"""What another description of the site would change for the people of this city: reckoned, not written anywhere."""

from datetime import datetime

from domain.access.reach import compare_reach
from gateway.operations.access.publish_policy import derive_whole
from gateway.rollouts.revisions import Revision
from gateway.site.plan import SitePlan, plan_site
from store.rights import load_policy_inputs
from store.tx import Tx


def plan_revision(tx: Tx, former: Revision, coming: Revision, now: datetime) -> SitePlan:
    """Give the plan that leads from one description to the other; looks at everybody's rights."""
    inputs = load_policy_inputs(tx)
    before, after = (derive_whole(revision, inputs, now=now) for revision in (former, coming))
    return plan_site(former.site, coming.site, compare_reach(before, after))
