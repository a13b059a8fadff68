"""A server of the first Python SDK: a tool that answers, one that fails, one that reports progress."""

from mcp.server.fastmcp import Context, FastMCP

mcp = FastMCP("first")


@mcp.tool()
def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


@mcp.tool()
def fail() -> str:
    """Fails."""
    raise ValueError("it fails on purpose")


@mcp.tool()
async def walk(steps: int, ctx: Context) -> str:
    """Reports each step."""
    for step in range(steps):
        await ctx.report_progress(step + 1, steps)
    return "arrived"


mcp.run()
