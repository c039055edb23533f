import { Anchor, Group } from "@mantine/core";
import { Link, type LinkProps } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";

/** A step back up from one thing to the list that it is in, as in "All triggers". */
export function Back({ link, label }: { link: LinkProps; label: string }) {
  return (
    <Anchor size="sm" style={{ alignSelf: "flex-start" }} renderRoot={(props) => <Link {...props} {...link} />}>
      <Group gap={4} component="span">
        <ArrowLeft size={14} aria-hidden /> {label}
      </Group>
    </Anchor>
  );
}
