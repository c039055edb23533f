import { Code } from "@mantine/core";

/** A sentence in which what stands between backticks is code, as in "the header `X-Api-Key`". */
export function Ticked({ children }: { children: string }) {
  return children.split("`").map((part, index) => (index % 2 === 0 ? part : <Code key={`${index.toString()}${part}`}>{part}</Code>));
}
