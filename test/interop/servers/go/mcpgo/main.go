package main

import (
	"context"
	"log"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("mcp-go", "1.0.0")
	s.AddTool(mcp.NewTool("greet", mcp.WithString("name")), greet)
	if err := server.ServeStdio(s); err != nil {
		log.Print(err)
	}
}

func greet(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	return mcp.NewToolResultText("hi " + request.GetString("name", "")), nil
}
