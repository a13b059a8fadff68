try:
    from mcp.server.fastmcp import FastMCP as Server
except ImportError:
    from mcp.server.mcpserver import MCPServer as Server

mcp = Server("echo", log_level="ERROR")


@mcp.tool()
async def echo(text: str) -> str:
    return text


mcp.run()
