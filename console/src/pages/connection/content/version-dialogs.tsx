import type { ConnectionVersion } from "@mooring/contract";
import { useRef } from "react";
import { DeleteVersion } from "./delete-version.tsx";
import { MakeDefault } from "./make-default.tsx";
import { NewVersion } from "./new-version.tsx";
import { PublishVersion } from "./publish.tsx";
import { RenameVersion } from "./rename-version.tsx";
import { TakeBack } from "./take-back.tsx";

/** What somebody wants to do with a version. */
export type Question = "publish" | "rename" | "copy" | "default" | "unpublish" | "delete";

/** The version, and what somebody wants to do with it. */
export interface Asked {
  readonly question: Question;
  readonly version: ConnectionVersion;
}

interface Dialogs {
  /** Undefined while nothing is asked. */
  readonly asked: Asked | undefined;
  readonly onClose: () => void;
  /** Goes to the page of a new version. */
  readonly onOpen: (version: string) => void;
  /** The version is called so now. */
  readonly onRenamed?: (version: string) => void;
  /** The version is gone. */
  readonly onDeleted?: () => void;
}

/** The dialog that is open about a version, if any; a page has them once for all its versions. */
export function VersionDialogs({ asked, onClose, onOpen, onRenamed, onDeleted }: Dialogs) {
  // A dialog that closes shows to its end what it was about.
  const last = useRef(asked);
  if (asked) last.current = asked;
  const version = last.current?.version;
  if (!version) return null;
  const dialog = (question: Question) => ({ version, isOpen: asked?.question === question, onClose });
  return (
    <>
      <PublishVersion {...dialog("publish")} />
      <RenameVersion {...dialog("rename")} onRenamed={onRenamed ?? onClose} />
      <NewVersion isOpen={asked?.question === "copy"} from={version.name} onClose={onClose} onCreated={onOpen} />
      <MakeDefault {...dialog("default")} />
      <TakeBack {...dialog("unpublish")} />
      <DeleteVersion {...dialog("delete")} onDeleted={onDeleted ?? onClose} />
    </>
  );
}
