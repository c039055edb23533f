import type { Environment, EnvironmentCredentialCreate } from "@mooring/contract";
import { useState } from "react";
import { useOrganisation } from "../../../api/session.ts";
import { Dialog } from "../../../parts/dialog.tsx";
import { entryOf } from "./entry.ts";
import type { EntryDialog } from "./entry-dialog.ts";
import { useEnvironmentGuard } from "./guards.ts";
import { NewEntryForm } from "./new-entry-form.tsx";
import { ChooseScheme } from "./scheme-choice.tsx";
import type { SchemeChoice } from "./scheme-choices.ts";

/** Adding a credential at the end of a list: first which kind of proof, then how it is sent and the secret. */
export function AddCredential({ purpose, answer, connection, onSaved, onClose }: EntryDialog) {
  const guard = useEnvironmentGuard(useOrganisation(), connection.id, answer.body.id);
  const [base] = useState(answer);
  const [choice, setChoice] = useState<SchemeChoice>();

  function save(entry: EnvironmentCredentialCreate) {
    const make = ({ id, name, credentials }: Environment) => ({
      id,
      name,
      credentials: { [purpose]: [...credentials[purpose].map(entryOf), entry] },
    });
    return guard.save({
      base,
      make,
      onSaved: (saved) => {
        onSaved(saved);
        onClose();
      },
      onLeft: onClose,
    });
  }

  return (
    <Dialog
      opened
      onClose={onClose}
      title={`${purpose === "action" ? "A credential for calls" : "A credential for what comes in"}: ${choice ? choice.title : "which kind?"}`}
      size="lg"
      closeOnClickOutside={choice === undefined}
    >
      {choice ? (
        <NewEntryForm
          key={choice.key}
          choice={choice}
          purpose={purpose}
          connection={connection}
          environment={base.body}
          guard={guard}
          onSave={save}
          onBack={() => {
            guard.forget();
            setChoice(undefined);
          }}
        />
      ) : (
        <ChooseScheme connection={connection} purpose={purpose} onChoose={setChoice} />
      )}
    </Dialog>
  );
}
