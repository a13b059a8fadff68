"""An order desk in Python: one tool for each way that a call can end."""

import asyncio
import json
import sys

import httpx
import telemetry
import warehouse_api
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from opentelemetry import trace

telemetry.set_up()
tracer = trace.get_tracer("orders")
api = warehouse_api.start()
mcp = MCPServer("orders")


@mcp.tool()
async def order_status(order: str = "A-17") -> str:
    """Where an order is. Fast."""
    return f"Order {order} was sent on Monday"


@mcp.tool()
async def quote_delivery(article: str = "lamp") -> str:
    """Stock and delivery time. Slow: two HTTP calls, one after the other."""
    async with httpx.AsyncClient() as client:
        stock = await get_json(client, f"{api}/stock/{article}")
        delivery = await get_json(client, f"{api}/delivery/{article}")
    with tracer.start_as_current_span("work out the price"):
        await asyncio.sleep(0.03)
        return json.dumps({"article": article, "left": stock["left"], "days": delivery["days"]})


@mcp.tool()
async def cancel_order(order: str = "A-17") -> str:
    """Answers isError: the order is on its way already."""
    raise ToolError(f"Order {order} is on its way and cannot be cancelled")


@mcp.tool()
async def read_invoice(text: str = "Invoice 2026-11, total unknown") -> str:
    """Throws when the invoice names no total."""
    return f"{parse_total(text)} EUR"


@mcp.tool()
async def pay_order(order: str = "A-17") -> str:
    """The call succeeds; its payload says that the payment did not."""
    return json.dumps({"status": "error", "message": f"The card for {order} was declined"})


@mcp.tool()
async def pack_parcels(ctx: Context, parcels: int = 10) -> str:
    """Reports its progress, a parcel every 300 ms, and can be cancelled."""
    for number in range(1, parcels + 1):
        await asyncio.sleep(0.3)
        await ctx.report_progress(number, parcels, f"{number} of {parcels} parcels")
    return f"{parcels} parcels packed"


@mcp.prompt()
def apology(customer: str) -> str:
    """A letter for a late order."""
    return f"Write a short apology to {customer}"


@mcp.resource("orders://articles")
def articles() -> str:
    """What the warehouse keeps."""
    return json.dumps(warehouse_api.STOCK)


async def get_json(client: httpx.AsyncClient, url: str) -> dict:
    attributes = {"http.request.method": "GET", "url.full": url}
    name = f"GET /{url.split('/', 3)[3]}"
    with tracer.start_as_current_span(name, kind=trace.SpanKind.CLIENT, attributes=attributes) as span:
        response = await client.get(url)
        span.set_attribute("http.response.status_code", response.status_code)
        return response.json()


def parse_total(text: str) -> float:
    words = text.split("total ")
    return float(words[1])


if __name__ == "__main__":
    print(f"orders: warehouse API at {api}", file=sys.stderr)
    mcp.run()
