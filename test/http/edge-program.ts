// What a deployment at the edge would export: the app, and the driver that needs no sockets.
export { createEdgeApp } from "../../api/src/edge.ts";
export { openNeon } from "../../shared/src/database/open-neon.ts";
