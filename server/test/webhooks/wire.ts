import { connect, type Socket } from "node:net";

/** A connection on which bytes are sent as they are, and which remembers what was answered. */
export interface Wire {
  readonly socket: Socket;
  send(text: string): void;
  /** What was answered so far. */
  text(): string;
  /** Resolves when what was answered fits. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves when the other side has closed it. */
  readonly closed: Promise<void>;
}

export function openWire({ hostname, port }: Pick<URL, "hostname" | "port">): Wire {
  const socket = connect(Number(port), hostname);
  let heard = "";
  const waiting = new Set<() => void>();
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.setEncoding("latin1").on("error", () => {});
  socket.on("data", (piece: string) => {
    heard += piece;
    for (const look of waiting) look();
  });
  return {
    socket,
    closed,
    send: (text) => void socket.write(text, "latin1"),
    text: () => heard,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(heard)) return;
          waiting.delete(look);
          resolve(heard);
        };
        waiting.add(look);
        socket.once("close", () => reject(new Error(`It was closed after ${JSON.stringify(heard)}`)));
        look();
      }),
  };
}
