import type { Cargo } from "./cargo.ts";

/** A page of an organisation that `load` has filled: how its picture is called, and its address. */
export interface SamplePage {
  readonly name: string;
  readonly path: string;
}

/** Every page there is, with something on it. */
export function samplePages({ orders, warehouse, key, grant, subscription, event, call }: Cargo): SamplePage[] {
  const inOrders = (name: string, path: string) => ({ name, path: `/connections/${orders}${path}` });
  return [
    { name: "home", path: "" },
    { name: "connections", path: "/connections" },
    { name: "new-connection", path: "/connections/new" },
    inOrders("connection", ""),
    inOrders("environments", "/environments"),
    inOrders("environment", "/environments/prod"),
    inOrders("versions", "/versions"),
    inOrders("version", "/versions/2"),
    inOrders("actions", "/actions"),
    inOrders("action", "/actions/1/getOrder"),
    inOrders("try-order", "/actions/1/placeOrder?try=true"),
    inOrders("edit-action", "/actions/2/listOrders?edit=true"),
    { name: "query", path: `/connections/${warehouse}/actions/1/ordersOfDay` },
    inOrders("any-call", "/call"),
    inOrders("definitions", "/definitions"),
    inOrders("definition", "/definitions/1/Order"),
    inOrders("triggers", "/triggers"),
    inOrders("trigger", "/triggers/1/orderSent"),
    inOrders("event", `/events/${event}`),
    inOrders("subscriptions", "/subscriptions"),
    inOrders("subscription", `/subscriptions/${subscription}`),
    inOrders("settings", "/settings"),
    { name: "credentials", path: "/credentials" },
    { name: "credential", path: `/credentials/${key}` },
    { name: "grant", path: `/credentials/${grant}` },
    { name: "calls", path: "/calls" },
    { name: "call", path: `/calls/${call}` },
    { name: "audit", path: "/audit" },
    { name: "api-keys", path: "/api-keys" },
    { name: "new-api-key", path: "/api-keys/new" },
    { name: "members", path: "/members" },
    { name: "profile", path: "/profile" },
  ];
}
