import { type IncomingMessage, Server, type ServerResponse } from "node:http";

/**
 * Loaded into a process of Mooring before anything else: a request for `/injected/...` makes something throw that nobody expects, in the
 * place that its address names.
 */
const throwIn: Readonly<Record<string, (response: ServerResponse) => void>> = {
  handler: fail,
  timer: () => void setTimeout(fail, 1),
  promise: () => void Promise.reject(new Error("injected")),
  microtask: () => queueMicrotask(fail),
  listener: (response) => void response.on("finish", fail).end(),
};

const emit = Server.prototype.emit;
Server.prototype.emit = function (this: Server, name: string, ...rest: unknown[]): boolean {
  const [request, response] = rest as [IncomingMessage, ServerResponse];
  const [, place = ""] = (name === "request" && /^\/injected\/(\w+)$/.exec(request.url ?? "")) || [];
  throwIn[place]?.(response);
  return Reflect.apply(emit, this, [name, ...rest]);
};

function fail(): never {
  throw new Error("injected");
}
