import { Badge } from "@mantine/core";
import { CircleCheck, CircleDashed, CircleX, type LucideIcon, UserRoundX } from "lucide-react";

const looks: Readonly<Record<string, { color: string; word: string; icon: LucideIcon }>> = {
  ok: { color: "green", word: "works", icon: CircleCheck },
  failing: { color: "red", word: "failing", icon: CircleX },
  attention: { color: "orange", word: "needs a person", icon: UserRoundX },
  unused: { color: "gray", word: "unused", icon: CircleDashed },
};

/** How a connection or environment is, in a word and an icon: colour alone tells nobody anything. */
export function Health({ health }: { health: string }) {
  const { color, word, icon: Icon } = looks[health] ?? { color: "gray", word: health, icon: CircleDashed };
  return (
    <Badge color={color} leftSection={<Icon size={13} />}>
      {word}
    </Badge>
  );
}
