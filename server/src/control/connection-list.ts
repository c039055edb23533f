import { Problem } from "../kernel/errors.ts";
import { newestFirst, type OrderKey } from "../store/pages.ts";

/** The order that `sort` asks for, as in `name:asc,id:desc`; newest change first without it. Throws `Problem` invalid_request. */
export function connectionOrder(sort: string | undefined): readonly OrderKey[] {
  if (sort === undefined) return newestFirst;
  const keys = sort.split(",").map(orderKey);
  const fields = keys.map(({ field }) => field);
  if (new Set(fields).size !== fields.length) throw unknown("a field is named twice");
  // A page needs an order in which no two rows are equal.
  return fields.includes("id") ? keys : [...keys, { field: "id", column: "id", direction: keys.at(-1)?.direction ?? "asc" }];
}

function orderKey(text: string): OrderKey {
  const [field = "", direction = ""] = text.split(":");
  const column = Object.hasOwn(columns, field) ? columns[field as keyof typeof columns] : undefined;
  if (column === undefined) throw unknown(`${JSON.stringify(field)} is not one of ${Object.keys(columns).join(", ")}`);
  if (direction !== "asc" && direction !== "desc") throw unknown(`${JSON.stringify(direction)} is neither asc nor desc`);
  return { field, column, direction };
}

const columns = { id: "id", name: "name", protocol: "protocol", createdAt: "created_at", updatedAt: "updated_at" } as const;

const unknown = (why: string) =>
  new Problem("invalid_request", { fields: [{ field: "sort", message: `This order is not known: ${why}.` }] });

/** The protocols whose name contains `text`, whatever its case; undefined when that is all of them or nothing was asked. */
export function protocolsLike(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const matching = protocols.filter((protocol) => protocol.includes(text.toLowerCase()));
  return matching.length === protocols.length ? undefined : matching;
}

const protocols = ["http", "bigquery"];
