"""A FastMCP server: one tool that answers, one that fails, one that reports progress."""

from fastmcp import Context, FastMCP

mcp = FastMCP("fast")


@mcp.tool
def add(a: int, b: int) -> int:
    return a + b


@mcp.tool
def fail() -> str:
    raise ValueError("it fails on purpose")


@mcp.tool
async def walk(steps: int, ctx: Context) -> str:
    for step in range(steps):
        await ctx.report_progress(step + 1, steps)
    return "arrived"


mcp.run(show_banner=False)
