import { Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Where there is nothing yet: what would be here, and the step that brings the first. */
export function Empty({
  icon: Icon,
  title,
  children,
  action,
  level = 2,
}: {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  action?: ReactNode;
  /** Of its title: 1 where nothing else names the page. */
  level?: 1 | 2;
}) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <ThemeIcon variant="light" size={48} radius="xl">
        <Icon size={24} />
      </ThemeIcon>
      <Title order={level} size="h2">
        {title}
      </Title>
      <Text c="dimmed" maw={460} size="sm">
        {children}
      </Text>
      {action}
    </Stack>
  );
}
