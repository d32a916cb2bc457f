/** How the reader wants the curves, in the view of the page. */
import type { PageState } from '../state.ts';
import type { CurveView } from './curve-view.ts';

const flags = { log: 'log', logSteps: 'log-steps', smooth: 'smooth', sameScale: 'same', bands: 'bands' } as const;
type Flag = keyof typeof flags;

/** As it is before the reader has set anything: of a study with replicates one curve for each setting. */
function atFirst({ splitBy, comparison }: PageState): CurveView {
  const bands = (comparison.study?.replicates.length ?? 0) > 0;
  return {
    splitBy,
    colorBy: undefined,
    sameScale: true,
    log: false,
    logSteps: false,
    smooth: false,
    bands,
    only: undefined,
  };
}

export function keptCurveView(state: PageState): CurveView {
  const { view, differing } = state;
  const first = atFirst(state);
  const kept = view.get('curves')?.split(',');
  const param = (key: string, none: string | undefined) => {
    const name = view.get(key);
    return name === undefined ? none : differing.find((known) => known === name);
  };
  const set = (flag: Flag) => (kept === undefined ? first[flag] : kept.includes(flags[flag]));
  return {
    ...{ splitBy: param('curves-by', first.splitBy), colorBy: param('curves-colour', first.colorBy), only: undefined },
    ...{ sameScale: set('sameScale'), log: set('log'), logSteps: set('logSteps') },
    ...{ smooth: set('smooth'), bands: set('bands') },
  };
}

export function keepCurveView(state: PageState, curves: CurveView): void {
  const first = atFirst(state);
  const names = Object.keys(flags) as Flag[];
  const isAsAtFirst = names.every((flag) => curves[flag] === first[flag]);
  const on = names.filter((flag) => curves[flag]).map((flag) => flags[flag]);
  state.view.set('curves', isAsAtFirst ? undefined : on.join(','));
  state.view.set('curves-by', curves.splitBy === first.splitBy ? undefined : (curves.splitBy ?? ''));
  state.view.set('curves-colour', curves.colorBy === undefined ? undefined : curves.colorBy);
}
