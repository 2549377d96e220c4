import type { Logger, LogLevel } from "./logger.ts";

const levels = ["debug", "info", "warn", "error"] as const;

/** JSON lines through `write`, on runtimes that pino does not run on (edge). Levels below `level` are dropped. */
export function createLineLogger(write: (line: string) => void, level: LogLevel = "info"): Logger {
  const lowest = level === "silent" ? levels.length : levels.indexOf(level);
  const at =
    (name: (typeof levels)[number]): Logger["info"] =>
    (fields, message) => {
      if (levels.indexOf(name) < lowest) return;
      write(JSON.stringify({ level: name, time: new Date().toISOString(), ...fields, msg: message }));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
