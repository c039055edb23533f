import { Button, Center } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { Empty } from "../parts/empty.tsx";
import { useTitle } from "./page.tsx";

/** An address that no page has, or whose thing is gone. */
export function Lost() {
  useTitle("Not found");
  return (
    <Center mih="60vh">
      <Empty
        icon={Compass}
        title="There is nothing here"
        level={1}
        action={
          <Button variant="default" renderRoot={(props) => <Link {...props} to="/" />}>
            Go to Home
          </Button>
        }
      >
        The address is wrong, or what it named was removed.
      </Empty>
    </Center>
  );
}
