"""Posts, links and followers: how people respond to what distributors put up."""

from __future__ import annotations

from mlmkpi.facts.clicks import Clicks, Links
from mlmkpi.facts.followers import Followers
from mlmkpi.facts.posts import ENGAGING, SHARING, TALKING, AudiencePosts, EngagementBase, Posts, ReachingPosts
from mlmkpi.kpi import Better, Family, Part, Ratio, Unit, kpi

NO_BASE = "posts without a base, left out"
IMPRESSIONS, LINK = ("clicks.impressions",), ("clicks.link_id",)


@kpi(
    title="Social engagement", short="Social engagement", family=Family.SOCIAL, unit=Unit.RATE, better=Better.HIGHER,
)
def social_engagement_rate(*, engagement_base: EngagementBase = EngagementBase.REACH) -> Ratio:
    """What posts drew from those who saw them.

    Formula: (likes + comments + shares + reposts + mentions + saves) ÷ reach, or ÷ what `engagement_base` says; of
    these columns those that the export has.
    Unit: a rate; one person may respond more than once.
    Edge cases: posts whose base is empty or 0 are left out above and below, and counted in the note; by followers the
    base of a post is what the poster's accounts on its platform had that day, counted at most 31 days before.
    Source: set by mlmkpi.
    """
    posts = ReachingPosts(ENGAGING, engagement_base)
    return Ratio(posts.drawn(), posts.reached(), noted=((NO_BASE, posts.left_out()),))


@kpi(
    title="Engagement by audience", short="  by audience", family=Family.SOCIAL, unit=Unit.RATE, better=Better.HIGHER,
)
def segment_engagement_rate(*, engagement_base: EngagementBase = EngagementBase.REACH) -> Ratio:
    """Social engagement by the age band and by the gender of the audience that a post was for.

    Formula: as social engagement, for each age band and each gender of the posts' audience.
    Unit: a rate; one person may respond more than once.
    Edge cases: as social engagement; a post without an audience is (unknown); a cell is small by how many were reached.
    Source: set by mlmkpi.
    """
    posts = AudiencePosts(ENGAGING, engagement_base)
    return Ratio(
        posts.drawn(), posts.reached(), blocks=(("age_band",), ("gender",)), noted=((NO_BASE, posts.left_out()),)
    )


@kpi(
    title="Click-through rate", short="Click-through rate", family=Family.SOCIAL, unit=Unit.RATE, better=Better.HIGHER,
)
def affiliate_click_through_rate() -> Ratio:
    """How often somebody who was shown a distributor's link clicked it.

    Formula: clicks ÷ impressions; beside it, where impressions are not counted, clicks ÷ distinct links.
    Unit: a rate; clicks per link a ratio.
    Edge cases: rows whose impressions are empty or 0 are left out of the rate and counted in the note.
    Source: set by mlmkpi.
    """
    clicks, links = Clicks(), Links()
    per_link = Part("clicks_per_link", links.clicks(), links.links(), LINK, Unit.RATIO)
    return Ratio(
        clicks.clicks(), clicks.impressions(), also=(per_link,), needs=IMPRESSIONS,
        noted=(("rows without impressions, left out", clicks.left_out()),),
    )


@kpi(
    title="Follower growth", short="Follower growth", family=Family.SOCIAL, unit=Unit.RATE, better=Better.HIGHER,
)
def follower_growth_rate() -> Ratio:
    """How much the accounts' followers grew over the period.

    Formula: (followers at the end − at the start) ÷ at the start, over accounts that were counted at both.
    Unit: a rate.
    Edge cases: a boundary's count is the latest by that day, at most 31 days old; the start is the day before.
    Source: set by mlmkpi.
    """
    followers = Followers()
    return Ratio(followers.gained(), followers.at_start())


@kpi(
    title="Content sharing", short="Content sharing", family=Family.SOCIAL, unit=Unit.RATIO, better=Better.HIGHER,
)
def content_sharing_rate() -> Ratio:
    """How often a post was passed on.

    Formula: (shares + reposts + mentions) ÷ distinct posts; of these columns those that the export has.
    Unit: a ratio.
    Edge cases: an empty cell is 0; posts without an id each count.
    Source: set by mlmkpi.
    """
    posts = Posts(SHARING)
    return Ratio(posts.all_drawn(), posts.posts())


@kpi(
    title="Customer interaction", short="Customer interaction", family=Family.SOCIAL, unit=Unit.RATE,
    better=Better.HIGHER,
)
def customer_interaction_rate() -> Ratio:
    """How many of those whom posts reached talked back.

    Formula: (comments + direct messages) ÷ reach; of these columns those that the export has.
    Unit: a rate; one person may write more than once.
    Edge cases: posts whose reach is empty or 0 are left out above and below, and counted in the note.
    Source: set by mlmkpi.
    """
    posts = ReachingPosts(TALKING)
    return Ratio(posts.drawn(), posts.reached(), noted=((NO_BASE, posts.left_out()),))
