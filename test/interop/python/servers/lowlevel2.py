import asyncio

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server


async def list_tools(context, params):
    tools = [types.Tool(name=name, description="", input_schema={"type": "object"}) for name in ("one", "two")]
    return types.ListToolsResult(tools=tools)


async def call_tool(context, params):
    match params.name:
        case "one":
            return types.CallToolResult(content=[types.TextContent(type="text", text="1")])
        case "two":
            raise RuntimeError("two fails")


server = Server("low level", on_list_tools=list_tools, on_call_tool=call_tool)


async def main():
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


asyncio.run(main())
