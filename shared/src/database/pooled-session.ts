import type { Drizzle, Session } from "./database.ts";
import { isConnectionFault } from "./is-connection-fault.ts";

/** What the connections of node-postgres's pool and of Neon's have in common. */
type PooledClient = { release(destroy?: boolean): void };

/**
 * Runs each piece of work on a connection of its own, which `connect` takes out of a pool. At the abort of its signal the connection is destroyed:
 * a server that hangs then holds no place in the pool, and PostgreSQL, which looks for the client once a second
 * (client_connection_check_interval), cancels the statement.
 */
export function pooledSession<Client extends PooledClient>(
  connect: () => Promise<Client>,
  drizzleOf: (client: Client) => Drizzle,
): Session {
  return async (work, signal) => {
    const client = await connect();
    let isReleased = false;
    const release = (destroy: boolean) => {
      if (!isReleased) client.release(destroy);
      isReleased = true;
    };
    const abandon = () => release(true);
    if (signal.aborted) {
      release(false);
      throw new Error("the deadline passed before a connection was free");
    }
    signal.addEventListener("abort", abandon);
    try {
      const result = await work(drizzleOf(client));
      release(false);
      return result;
    } catch (error) {
      // A connection that was told to end looks usable until its end arrives: the next work must not get it.
      release(isConnectionFault(error));
      throw error;
    } finally {
      signal.removeEventListener("abort", abandon);
    }
  };
}
