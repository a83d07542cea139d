"""The same KPIs as an analyst would write them in pandas: the orders in memory, a loop over the months.

Left out: what the SQL leaves out, distributors who buy as customers, and the parts by tenure.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pandas as pd

VALID = {"accepted", "approved", "paid", "completed", "fulfilled", "posted", "printed", "shipped", "delivered",
         "invoiced"}
SOCIAL = {"social", "instagram", "facebook", "tiktok"}
COLUMNS = ["order_id", "ordered_on", "amount", "distributor_id", "customer_id", "volume", "status", "kind", "channel",
           "original_order_id"]
Row = tuple[str, str, float | None, float | None, float | None]
DAYS_90 = pd.Timedelta(90, unit="D")


def read_orders(folder: str) -> pd.DataFrame:
    """The orders that count, with net sums and own purchases marked."""
    orders = pd.read_parquet(f"{folder}/orders.parquet", columns=COLUMNS)
    if orders["order_id"].duplicated().any():
        sys.exit("an order id stands twice")
    orders["ordered_on"] = pd.to_datetime(orders["ordered_on"])
    orders["own"] = orders["customer_id"].isna() & orders["distributor_id"].notna()
    owned, known = orders.loc[orders["own"], "order_id"], orders["order_id"]
    kits = orders.loc[orders["kind"].isin(["kit", "replacement"]), "order_id"]
    orders = orders[orders["status"].str.lower().isin(VALID)]
    orders["sale"] = (orders["kind"] == "sale") & (orders["amount"] > 0)
    given_back = (orders["kind"] == "return") & ~orders["original_order_id"].isin(kits)
    orders = orders[orders["sale"] | given_back].copy()
    sign = orders["sale"].map({True: 1, False: -1})
    orders["net"], orders["psv"] = orders["amount"].abs() * sign, orders["volume"].abs() * sign
    of_known = ~orders["sale"] & orders["original_order_id"].isin(known)
    orders["own"] = orders["own"].where(~of_known, orders["original_order_id"].isin(owned))
    orders["month"] = orders["ordered_on"].dt.to_period("M")
    return orders


def read_people(folder: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The roster with first days, enrollers and the days of coming back, and all entries."""
    roster = pd.read_parquet(f"{folder}/distributors.parquet")
    entries = pd.read_parquet(f"{folder}/enrollments.parquet")
    for frame, column in ((roster, "enrolled_on"), (roster, "terminated_on"), (entries, "enrolled_on")):
        frame[column] = pd.to_datetime(frame[column])
    firsts = entries.sort_values("enrolled_on").groupby("distributor_id").first()
    people = roster.set_index("distributor_id").join(firsts[["enrolled_on", "enroller_id"]], rsuffix="_row")
    people["first"] = people[["enrolled_on", "enrolled_on_row"]].min(axis=1)
    people["enroller"] = people["enroller_id_row"].fillna(people["enroller_id"])
    back = entries.join(people[["first", "terminated_on"]], on="distributor_id")
    back = back[(back["enrolled_on"] >= back["terminated_on"]) & (back["enrolled_on"] > back["first"])]
    people["back"] = back.groupby("distributor_id")["enrolled_on"].min()
    return people, entries


def booked(people: pd.DataFrame, day: pd.Timestamp) -> pd.Index:
    """Who is on the books on a day."""
    on = (people["first"] <= day) & (~(people["terminated_on"] <= day) | (people["back"] <= day))
    return people.index[on]


def seen(days: pd.DataFrame, unit: str, column: str, day: pd.Timestamp) -> pd.Index:
    """Who has a row in the ninety days to a day."""
    return pd.Index(days.loc[(days[column] > day - DAYS_90) & (days[column] <= day), unit].dropna().unique())


def ratio(kpi: str, month: pd.Period, above: float, below: float | None = None) -> Row:
    """A row with its quotient."""
    return kpi, str(month), above, below, above if below is None else above / below


def figures(folder: str) -> Iterator[Row]:
    """Each KPI's month, numerator, denominator and value."""
    orders = read_orders(folder)
    people, entries = read_people(folder)
    sales = orders[orders["sale"]]
    last = orders["month"].max()
    for month in pd.period_range(last - 11, last, freq="M"):
        active = pd.Index(sales.loc[sales["month"] == month, "distributor_id"].dropna().unique())
        yield from of_people(month, active, sales, people, entries)
        yield from of_customers(month, active, sales[~sales["own"]].dropna(subset=["customer_id"]))
        yield from of_sales(month, active, orders[orders["month"] == month])
        new = people[people["first"].dt.to_period("M") == month]
        yield "time_to_first_sale", str(month), *waited(new, sales, orders["ordered_on"].max())


def of_people(
    month: pd.Period, active: pd.Index, sales: pd.DataFrame, people: pd.DataFrame, entries: pd.DataFrame
) -> Iterator[Row]:
    """Recruiting, retention and activity."""
    new = people[people["first"].dt.to_period("M") == month]
    recruiters = pd.Index(new["enroller"].dropna().unique())
    before, end = bounds(month)
    at_start, at_end = (
        booked(people, day).intersection(
            seen(sales, "distributor_id", "ordered_on", day).union(seen(entries, "distributor_id", "enrolled_on", day))
        )
        for day in (before, end)
    )
    on_end, start = booked(people, end), len(at_start)
    kept, gone = len(at_start.intersection(at_end)), len(at_start.difference(on_end))
    yield ratio("new_signups", month, len(new))
    yield ratio("distributor_retention_rate", month, kept, start)
    yield ratio("churn_rate", month, start - kept, start)
    yield ratio("churn_terminated", month, gone, start)
    yield ratio("churn_lapsed", month, start - kept - gone, start)
    yield ratio("active_distributor_rate", month, len(on_end.intersection(active.union(recruiters))), len(on_end))
    yield ratio("sponsor_rate", month, len(active.intersection(recruiters)), len(active))
    yield ratio("active_distributors", month, len(active))


def of_customers(month: pd.Period, active: pd.Index, shopping: pd.DataFrame) -> Iterator[Row]:
    """Customers, how many stay, and how many come back."""
    before, end = bounds(month)
    buyers = shopping.loc[shopping["month"] == month, "customer_id"].nunique()
    at_start, at_end = (seen(shopping, "customer_id", "ordered_on", day) for day in (before, end))
    year = shopping[(shopping["month"] > month - 12) & (shopping["month"] <= month)]
    days = year.groupby("customer_id")["ordered_on"].nunique()
    yield ratio("active_customers", month, buyers)
    yield ratio("customer_to_distributor_ratio", month, buyers, len(active))
    yield ratio("customer_retention_rate", month, len(at_start.intersection(at_end)), len(at_start))
    yield ratio("repeat_purchase_rate", month, int((days > 1).sum()), len(days))


def of_sales(month: pd.Period, active: pd.Index, now: pd.DataFrame) -> Iterator[Row]:
    """Money, volume, and how they spread."""
    sold, net, own = now.loc[now["sale"], "net"], now["net"].sum(), now.loc[now["own"], "net"].sum()
    volumes = now.groupby("distributor_id")["psv"].sum()
    of_active = volumes[volumes.index.isin(active)]
    yield ratio("sales_volume", month, net)
    yield ratio("average_order_value", month, sold.sum(), len(sold))
    yield "average_order_value median", str(month), None, len(sold), sold.median()
    yield ratio("social_sales_share", month, now.loc[now["channel"].str.lower().isin(SOCIAL), "net"].sum(), net)
    yield ratio("retail_sales_share", month, net - own, net)
    yield ratio("internal_consumption_share", month, own, net)
    yield ratio("sales_per_active_distributor", month, net, len(active))
    yield ratio("personal_sales_volume", month, volumes.sum(), len(active))
    yield ratio("personal_sales_volume own", month, now.loc[now["own"], "psv"].sum(), len(active))
    yield "personal_sales_volume median", str(month), None, len(active), of_active.median()
    yield "personal_sales_volume p90", str(month), None, len(active), of_active.quantile(0.9)


def bounds(month: pd.Period) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The day before a month, and its last."""
    return (month - 1).to_timestamp(how="end").normalize(), month.to_timestamp(how="end").normalize()


def waited(new: pd.DataFrame, sales: pd.DataFrame, today: pd.Timestamp) -> tuple[None, int, float | None]:
    """The Kaplan–Meier median of days to the first customer sale."""
    days = sales[~sales["own"] & sales["distributor_id"].isin(new.index)].groupby("distributor_id")["ordered_on"].min()
    wait = pd.DataFrame({"first": new["first"], "sold": days})
    wait = wait[~(wait["sold"] < wait["first"])]
    spans = (wait["sold"].fillna(today) - wait["first"]).dt.days
    table = pd.DataFrame({"days": spans, "event": wait["sold"].notna()}).groupby("days")["event"].agg(["sum", "size"])
    at_risk = table["size"][::-1].cumsum()[::-1]
    left = (1 - table["sum"] / at_risk).cumprod()
    reached = left.index[left <= 0.5 + 1e-12]
    return None, len(wait), float(reached[0]) if len(reached) else None


if __name__ == "__main__":
    print(json.dumps(list(figures(sys.argv[1]))))
