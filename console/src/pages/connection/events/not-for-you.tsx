import { Inbox } from "lucide-react";
import { Empty } from "../../../parts/empty.tsx";

/** In place of events, for somebody who may not read them. */
export function NotForYou() {
  return (
    <Empty icon={Inbox} title="You may not read events">
      Ask an owner or admin of the organisation.
    </Empty>
  );
}
