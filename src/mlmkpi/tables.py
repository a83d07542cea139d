"""The canonical tables: columns, kinds, keys, references and codes; the declaration is the documentation."""

from __future__ import annotations

from mlmkpi.declaration import Column, Kind, Table

__all__ = [
    "COUNTING",
    "HAPPENED",
    "NAMED",
    "NOT_COUNTING",
    "PLANNED",
    "ROSTER",
    "SOCIAL",
    "TABLES",
    "Column",
    "Kind",
    "Table",
]


def _id(name: str, meaning: str, references: str | None = None, *, required: bool = False) -> Column:
    return Column(name, Kind.ID, meaning, required, references)


def _date(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, Kind.DATE, meaning, required)


def _money(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, Kind.MONEY, meaning, required)


def _count(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, Kind.INTEGER, meaning, required)


def _code(
    name: str, meaning: str, *codes: str, required: bool = False, references: str | None = None, others: bool = False
) -> Column:
    return Column(name, Kind.CODE, meaning, required, references, codes, others)


def _flag(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, Kind.FLAG, meaning, required)


def _text(name: str, meaning: str) -> Column:
    return Column(name, Kind.TEXT, meaning)


COUNTING = (
    "accepted", "approved", "paid", "completed", "fulfilled", "posted", "printed", "shipped", "delivered", "invoiced",
)
NOT_COUNTING = (
    "cancelled", "canceled", "void", "declined", "failed", "pending", "processing", "created", "draft", "incomplete",
    "unavailable", "refunded",
)

SOCIAL = ("social", "instagram", "facebook", "tiktok")
"""Channels of orders that are social media, unless the settings say otherwise."""
NAMED = {
    "valid_status": ("orders", "status"), "social_channels": ("orders", "channel"),
    "digital_sources": ("leads", "source"), "activity_kinds": ("activities", "kind"),
}
"""Parameters that name codes, and the table and column that have them."""

HAPPENED = frozenset({
    "enrolled_on", "terminated_on", "ordered_on", "joined_on", "effective_on", "occurred_on", "answered_on",
    "posted_on", "counted_on", "clicked_on", "created_on", "converted_on", "paid_on", "earned_on", "spent_on",
    "booked_on", "completed_on", "signed_on", "reviewed_on",
})
"""Days on which something happened; not those of what is planned ahead, such as events and courses."""
PLANNED = frozenset({"held_on", "assigned_on"})
"""Days that may be told ahead."""

ROSTER = ("distributors", "enrollments")
"""Tables that tell who is a distributor."""

_PERSON = "distributors.distributor_id"
_BIRTH = (
    _date("birth_date", "the day the person was born"),
    _count("birth_year", "the year the person was born, where the day is not exported"),
    _code("gender", "the person's gender, as the company records it"),
)

_ALL = (
    Table("distributors", "one row a distributor, former ones included", (
        _id("distributor_id", "the distributor's id", required=True),
        _date("enrolled_on", "the day they first enrolled", required=True),
        _id("sponsor_id", "who stands above them in the tree that carries team volume", _PERSON),
        _id("enroller_id", "who recruited them", _PERSON),
        _date("terminated_on", "the day they left or were removed"),
        _code("status", "what the company calls their standing today", "terminated", others=True),
        _code("rank", "their rank today"),
        _text("name", "what they are called"),
        *_BIRTH,
        _code("market", "the market they sell in", references="markets.market"),
        _code("territory", "the sales territory they belong to", references="territories.territory"),
        _code("region", "the region they live in"),
        _code("city", "the city they live in"),
    ), ("distributor_id",)),
    Table("orders", "one row an order, returns and kits included", (
        _id("order_id", "the order's id", required=True),
        _date("ordered_on", "the day the order was placed", required=True),
        _money("amount", "what the buyer paid, before tax and shipping", required=True),
        _id("distributor_id", "the distributor the order is credited to; empty for house business", _PERSON),
        _id("customer_id", "who bought; empty for the distributor's own purchase", "customers.customer_id"),
        _money("volume", "the order's qualifying volume"),
        _money("commissionable_volume", "the order's commissionable volume"),
        _code("currency", "the currency of the amount, as its three letters"),
        _code("status", "how far the order got; from cancelled on it does not count", *COUNTING, *NOT_COUNTING),
        _code("kind", "what the order is", "sale", "return", "kit", "replacement"),
        _flag("is_autoship", "whether the order came from a subscription"),
        _id("autoship_id", "the subscription the order came from"),
        _id("original_order_id", "the order that a return gives back", "orders.order_id"),
        _code("channel", "where the order was placed"),
        _code("campaign", "the campaign that brought the order"),
        _code("country", "the country the order was shipped to"),
        _code("region", "the region the order was shipped to"),
    ), ("order_id",)),
    Table("enrollments", "one row an enrolment, upgrade or return to the books", (
        _id("distributor_id", "who enrolled", _PERSON, required=True),
        _date("enrolled_on", "the day of this enrolment", required=True),
        _id("enroller_id", "who recruited them", _PERSON),
        _id("sponsor_id", "who they were placed under", _PERSON),
        _code("kind", "what sort of enrolment it was", "new", "upgrade", "rejoin"),
        _money("kit_amount", "what they paid for the starter kit"),
        _code("source", "where the newcomer came from"),
        _code("market", "the market they enrolled in", references="markets.market"),
    )),
    Table("customers", "one row a customer", (
        _id("customer_id", "the customer's id", required=True),
        _id("distributor_id", "the distributor who looks after them", _PERSON),
        _date("joined_on", "the day they became a customer"),
        _code("kind", "what sort of customer they are", "retail", "preferred"),
        *_BIRTH,
        _code("market", "the market they buy in", references="markets.market"),
        _code("country", "the country they live in"),
        _code("region", "the region they live in"),
    ), ("customer_id",)),
    Table("order_lines", "one row a product on an order", (
        _id("order_id", "the order the line belongs to", "orders.order_id", required=True),
        _id("product_id", "the product sold", "products.product_id", required=True),
        _money("quantity", "how many units", required=True),
        _money("amount", "what the buyer paid for the whole line", required=True),
        _money("cost", "what the whole line's goods cost the company"),
    )),
    Table("products", "one row a product", (
        _id("product_id", "the product's id", required=True),
        _text("name", "what the product is called"),
        _code("category", "the category the product belongs to"),
    ), ("product_id",)),
    Table("ranks", "one row a rank that somebody reached or was paid as", (
        _id("distributor_id", "whose rank it is", _PERSON, required=True),
        _code("rank", "the rank", required=True),
        _date("effective_on", "the day from which the rank holds", required=True),
        _code("kind", "whether they were paid as this rank or carry it as a title", "paid_as", "title"),
    )),
    Table("events", "one row an event held", (
        _id("event_id", "the event's id", required=True),
        _date("held_on", "the day it was held", required=True),
        _code("kind", "what sort of event it was"),
        _text("name", "what it was called"),
        _code("market", "the market it was for; empty for all", references="markets.market"),
    ), ("event_id",)),
    Table("attendance", "one row a person invited to or seen at an event", (
        _id("event_id", "the event", "events.event_id", required=True),
        _id("distributor_id", "the person", _PERSON, required=True),
        _flag("attended", "whether they came; empty counts as yes"),
    ), ("event_id", "distributor_id")),
    Table("activities", "one row a thing somebody did, a login included", (
        _id("distributor_id", "who did it", _PERSON, required=True),
        _date("occurred_on", "the day they did it", required=True),
        _code("kind", "what they did", "login", required=True, others=True),
    )),
    Table("surveys", "one row an answer to the recommendation question", (
        _date("answered_on", "the day of the answer", required=True),
        _money("score", "the answer, from 0 to 10", required=True),
        _id("respondent_id", "who answered, as the survey tool knows them"),
        _id("customer_id", "the customer who answered", "customers.customer_id"),
        _id("distributor_id", "the distributor who answered", _PERSON),
        _money("weight", "how much the answer weighs"),
    )),
    Table("posts", "one row a post", (
        _date("posted_on", "the day it was posted", required=True),
        _id("post_id", "the post's id"),
        _code("platform", "the network it was posted on"),
        _id("distributor_id", "who posted it", _PERSON),
        _count("reach", "how many people saw it"),
        _count("impressions", "how many times it was shown"),
        _count("likes", "likes and other reactions"),
        _count("comments", "comments"),
        _count("shares", "shares"),
        _count("reposts", "reposts"),
        _count("mentions", "mentions"),
        _count("saves", "saves"),
        _count("messages", "direct messages"),
        _code("age_band", "the age band of the audience the post was for"),
        _code("gender", "the gender of the audience the post was for"),
    ), ("post_id",)),
    Table("followers", "one row an account and day counted", (
        _date("counted_on", "the day of the count", required=True),
        _id("account_id", "the account", required=True),
        _count("followers", "how many followers it had", required=True),
        _code("platform", "the network the account is on"),
        _id("distributor_id", "whose account it is", _PERSON),
    ), ("counted_on", "account_id")),
    Table("clicks", "one row a link, or a campaign, and day", (
        _date("clicked_on", "the day of the clicks", required=True),
        _count("clicks", "how many clicks", required=True),
        _count("impressions", "how many times the link was shown"),
        _id("link_id", "the link"),
        _id("distributor_id", "whose link it is", _PERSON),
        _code("campaign", "the campaign the link belongs to"),
    )),
    Table("leads", "one row a lead", (
        _id("lead_id", "the lead's id", required=True),
        _date("created_on", "the day the lead came in", required=True),
        _date("converted_on", "the day it became a customer or distributor"),
        _code("outcome", "what it became", "customer", "distributor"),
        _code("source", "where it came from"),
        _code("campaign", "the campaign that brought it"),
        _id("distributor_id", "who follows it up", _PERSON),
    ), ("lead_id",)),
    Table("commissions", "one row a payment to a distributor", (
        _id("distributor_id", "who earned it", _PERSON, required=True),
        _date("paid_on", "the day it was paid", required=True),
        _money("amount", "how much was paid; negative for a clawback", required=True),
        _date("earned_on", "the day it was earned"),
        _code("kind", "what it was paid for"),
        _id("order_id", "the order it was paid for", "orders.order_id"),
    )),
    Table("expenses", "one row an expense of a distributor's business", (
        _id("distributor_id", "who spent it", _PERSON, required=True),
        _date("spent_on", "the day it was spent", required=True),
        _money("amount", "how much was spent", required=True),
    )),
    Table("markets", "one row a market and population segment", (
        _code("market", "the market", required=True),
        _count("population", "how many people could buy there", required=True),
        _code("segment", "the part of the population the row counts"),
    ), ("market", "segment")),
    Table("territories", "one row a sales territory", (
        _code("territory", "the territory", required=True),
        _code("market", "the market it lies in", references="markets.market"),
        _count("population", "how many people live there"),
    ), ("territory",)),
    Table("costs", "one row a cost of running a market", (
        _code("market", "the market", required=True, references="markets.market"),
        _date("booked_on", "the day it was booked", required=True),
        _money("amount", "how much it cost", required=True),
        _code("kind", "what it was for"),
    )),
    Table("targets", "one row a target of a KPI, which is validated, and not read by figures yet", (
        _code("kpi", "the KPI's name", required=True),
        _money("goal", "the figure to reach, or the lower end of a band", required=True),
        _money("goal_to", "the upper end of a band"),
        _money("warn", "the figure from which a miss is only a warning"),
        _code("window", "the stretch of time the goal is meant for", "month", "quarter", "year", "12m"),
        _date("starts_on", "the first day it holds"),
        _date("ends_on", "the last day it holds"),
    )),
    Table("goals", "one row a personal goal of a distributor", (
        _id("distributor_id", "whose goal it is", _PERSON, required=True),
        _code("kpi", "what counts", "sales_volume", "personal_sales_volume", "new_signups", required=True),
        _money("goal", "the figure to reach", required=True),
        _date("starts_on", "the first day that counts", required=True),
        _date("ends_on", "the last day that counts", required=True),
    )),
    Table("trainings", "one row a course assigned to or completed by somebody", (
        _id("distributor_id", "who takes it", _PERSON, required=True),
        _code("course", "the course", required=True),
        _date("assigned_on", "the day it was assigned"),
        _date("completed_on", "the day it was completed"),
    )),
    Table("agreements", "one row an agreement signed", (
        _id("distributor_id", "who signed", _PERSON, required=True),
        _date("signed_on", "the day they signed", required=True),
        _code("kind", "what they signed"),
    )),
    Table("claims", "one row a review of what somebody claimed in public", (
        _date("reviewed_on", "the day of the review", required=True),
        _flag("violation", "whether it broke the rules; empty for no verdict yet", required=True),
        _id("distributor_id", "whose claim it was", _PERSON),
        _id("post_id", "the post it stood in", "posts.post_id"),
    )),
    Table("periods", "one row a period of the company's own calendar", (
        _code("period", "the period's label", required=True),
        _date("starts_on", "its first day", required=True),
        _date("ends_on", "its last day", required=True),
    ), ("period",)),
    Table("rates", "one row an exchange rate", (
        _code("currency", "the currency converted from", required=True),
        _date("valid_from", "the first day the rate holds", required=True),
        Column("rate", Kind.RATE, "how many units of the settings' currency one unit buys", required=True),
    ), ("currency", "valid_from")),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
