/** A job takes part in an attempt that another process began and a third will seal: it appends to a journal of its own. */
import type { AttemptId, StageFinished, StageStarted } from '../../events.ts';
import { openJournal } from '../../record/journal.ts';
import type { Layout } from '../../store/layout.ts';
import { type AttemptRecorder, attemptFiles } from '../attempt-recorder.ts';

export type JoinedRecorder = Pick<AttemptRecorder, 'configHash' | 'id' | 'begin' | 'stageStarted' | 'stageFinished'> & {
  close(): void;
};

/** @param hear told of each event, after it is in the journal */
export function joinAttempt(
  layout: Layout,
  id: AttemptId,
  hear: (event: StageStarted | StageFinished) => void,
): JoinedRecorder {
  const journal = openJournal(layout.journals);
  const emit = (event: StageStarted | StageFinished) => {
    journal.append(event);
    hear(event);
  };
  return {
    configHash: id.configHash,
    id: () => id,
    begin: async () => attemptFiles(layout, id),
    stageStarted: async (stage, fingerprint, retry) =>
      emit({ type: 'stage-started', at: Date.now(), id, stage, fingerprint, retry }),
    stageFinished: (finished) => emit({ type: 'stage-finished', at: Date.now(), id, ...finished }),
    close: () => journal.close(),
  };
}
