import { expect, test } from "vitest";
import { DatabaseUnavailableError } from "../../shared/src/database/database-unavailable-error.ts";
import type { Ticket } from "../../shared/src/ticket.ts";
import { createTestApp } from "./create-test-app.ts";

function collectTickets(putTickets?: (tickets: readonly Ticket[]) => void) {
  const batches: Ticket[][] = [];
  const sources = new Set<string>();
  const { deps } = createTestApp();
  const { app } = createTestApp({
    knowledge: {
      ...deps.knowledge,
      putTickets: async (tickets, { source }) => {
        putTickets?.(tickets);
        batches.push([...tickets]);
        sources.add(source);
        return { created: tickets.length, replaced: 0, unchanged: 0, searchable: 0 };
      },
    },
  });
  const post = (type: string, body: BodyInit, path = "/tickets") =>
    app.request(path, {
      method: "POST",
      headers: { "content-type": type },
      body,
      duplex: "half",
    } as RequestInit);
  return { post, batches, sources };
}

test("one ticket as JSON is stored under its source", async () => {
  const { post, batches, sources } = collectTickets();
  const response = await post("application/json", '{"id":"1","body":"Le VPN"}', "/tickets?source=glpi");
  expect(await response.json()).toEqual({
    stored: 1,
    created: 1,
    replaced: 0,
    unchanged: 0,
    searchable: 0,
    rejected_count: 0,
    rejected: [],
  });
  expect(batches).toEqual([[{ id: "1", subject: "", body: "Le VPN" }]]);
  expect([...sources]).toEqual(["glpi"]);
});

test("of JSON lines the good rows are stored and the others are named by line, with the reason", async () => {
  const { post, batches } = collectTickets();
  const lines = [
    '{"id":"1","body":"a"}',
    "",
    "no json",
    '{"id":"2"}',
    '{"id":"3","body":"b","urgency":"asap"}',
    '{"id":"4\\u0000","body":"c"}',
    '{"id":"5","body":"d","queue":"New queue"}',
  ];
  const response = await post("application/x-ndjson", lines.join("\r\n"));
  const body = await response.json();
  expect(body).toMatchObject({ stored: 2, rejected_count: 4 });
  expect(body.rejected.map(({ line }: { line: number }) => line)).toEqual([3, 4, 5, 6]);
  expect(body.rejected[0].reason).toBe("is no JSON");
  expect(body.rejected[1].reason).toContain("body:");
  expect(batches.flat().map(({ id }) => id)).toEqual(["1", "5"]);
});

test("CSV with a header, semicolons, a byte-order mark and columns of its own is read", async () => {
  const { post, batches } = collectTickets();
  const csv =
    '\ufeffID;Body;Queue;Team\r\n1;"Le VPN ; encore";;north\r\n2;b;Hardware / Device;south\r\n3;c\r\n';
  const body = await (await post("text/csv; charset=utf-8", csv)).json();
  expect(batches.flat()).toEqual([
    { id: "1", subject: "", body: "Le VPN ; encore" },
    { id: "2", subject: "", body: "b", queue: "Hardware / Device" },
  ]);
  expect(body.rejected).toEqual([{ line: 4, reason: "has 2 cells, the header names 4 columns" }]);
});

test("of CSV a quote within a cell is text, and one that is never closed costs its row alone", async () => {
  const { post, batches } = collectTickets();
  const csv = 'id,body\n1,a\n2,Ecran 24" noir\n3,"b\n4,c\n5,Ecran 27" noir\n6,d\n';
  const body = await (await post("text/csv", csv)).json();
  expect(batches.flat().map(({ id }) => id)).toEqual(["1", "2", "4", "5", "6"]);
  expect(body).toMatchObject({ rejected: [{ line: 4, reason: expect.stringContaining("not closed") }] });
  const header = await post("text/csv", 'id,"body\n1,a\n');
  expect(header.status).toBe(400);
  expect(await header.json()).toMatchObject({
    code: "invalid_request",
    detail: expect.stringContaining("a quote"),
  });
});

test("100,000 rows are stored in small batches while they come in, and the answer stays small", async () => {
  const { post, batches } = collectTickets();
  let sent = 0;
  let mostAhead = 0;
  const encoder = new TextEncoder();
  const rows = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === 100_000) return controller.close();
      let piece = "";
      for (let i = 0; i < 500; i += 1, sent += 1)
        piece += sent % 2 ? `{"id":"${sent}","body":"text of ${sent}"}\n` : "bad\n";
      mostAhead = Math.max(mostAhead, sent - 2 * batches.length * 100);
      controller.enqueue(encoder.encode(piece));
    },
  });
  const body = await (await post("application/x-ndjson", rows)).json();
  expect(body).toMatchObject({ stored: 50_000, rejected_count: 50_000 });
  expect(body.rejected).toHaveLength(1_000);
  expect(Math.max(...batches.map((batch) => batch.length))).toBe(100);
  expect(mostAhead).toBeLessThan(3_000);
});

test("a database that goes away in the middle is a 503 that says how many rows are in", async () => {
  let stored = 0;
  const { post } = collectTickets((tickets) => {
    if (stored === 200) throw new DatabaseUnavailableError("away", null);
    stored += tickets.length;
  });
  const lines = Array.from({ length: 300 }, (_, id) => `{"id":"${id}","body":"a"}`).join("\n");
  const response = await post("application/x-ndjson", lines);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    code: "database_unavailable",
    detail: expect.stringContaining("200 tickets are stored"),
  });
});
