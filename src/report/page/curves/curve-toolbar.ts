/** What the reader can set for all curves at once. */

import { checkbox, choice, h } from '../dom.ts';
import { replicateParams } from '../replicates.ts';
import type { PageState } from '../state.ts';
import type { CurveView } from './curve-view.ts';

const none = '';

/** @param changed after the view was changed */
export function curveToolbar(state: PageState, view: CurveView, changed: () => void): HTMLElement {
  const few = state.splitChoices.map(({ name }) => name);
  const params = [...new Set([...(state.splitBy === undefined ? [] : [state.splitBy]), ...few])];
  const named = (first: string) =>
    new Map([[none, first], ...params.map((name) => [name, state.paramName(name)] as const)]);
  const set = (change: Partial<CurveView>) => {
    Object.assign(view, { only: undefined }, change);
    changed();
  };
  const splits =
    params.length === 0
      ? []
      : [
          choice('Side by side by', named('nothing: all overlaid'), view.splitBy ?? none, (value) =>
            set(
              value === none ? { splitBy: undefined, colorBy: state.splitBy } : { splitBy: value, colorBy: undefined },
            ),
          ),
          choice('Colour by', named('setting'), view.colorBy ?? none, (value) =>
            set({ colorBy: value === none ? undefined : value }),
          ),
        ];
  const same =
    view.splitBy === undefined ? null : checkbox('same scale', view.sameScale, (on) => set({ sameScale: on }));
  return h(
    'div.toolbar',
    {},
    ...splits,
    same,
    checkbox('log axis', view.log, (on) => set({ log: on })),
    checkbox('log steps', view.logSteps, (on) => set({ logSteps: on })),
    checkbox('smooth', view.smooth, (on) => set({ smooth: on })),
    replicateParams(state).length > 0
      ? checkbox('one curve a setting, in the band of its seeds', view.bands, (on) => set({ bands: on }))
      : null,
  );
}
