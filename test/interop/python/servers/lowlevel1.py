import asyncio

import mcp.types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

server = Server("low level")


@server.list_tools()
async def list_tools():
    return [types.Tool(name=name, description="", inputSchema={"type": "object"}) for name in ("one", "two")]


@server.call_tool()
async def call_tool(name, arguments):
    match name:
        case "one":
            return [types.TextContent(type="text", text="1")]
        case "two":
            raise RuntimeError("two fails")


async def main():
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


asyncio.run(main())
