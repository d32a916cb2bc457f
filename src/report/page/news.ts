/**
 * What the server tells, for every tab that has its page. A browser has six connections to a server and no more, and each
 * stream of events keeps one: so one tab listens, and tells the others. When it is closed, another takes its place.
 */
export type News = { readonly kind: 'version'; readonly number: number } | { readonly kind: 'lost' };

/** What tabs say to each other; who has just come asks what was said last. */
type Said = News | { readonly kind: 'asked' };

export function onNews(hear: (news: News) => void): void {
  const name = `retrial ${location.pathname}`;
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    if (data.kind !== 'asked') hear(data);
  });
  const say = (said: Said) => channel.postMessage(said);
  say({ kind: 'asked' });
  // Held until the tab is closed.
  void navigator.locks.request(name, () => new Promise<never>(() => listen(channel, say, hear)));
}

function listen(channel: BroadcastChannel, say: (said: Said) => void, hear: (news: News) => void): void {
  let newest: News | undefined;
  const tell = (news: News) => {
    hear(news);
    say(news);
  };
  channel.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    if (data.kind === 'asked' && newest !== undefined) say(newest);
  });
  const events = new EventSource('events');
  events.addEventListener('message', ({ data }: MessageEvent<string>) => {
    newest = { kind: 'version', number: Number(data) };
    tell(newest);
  });
  // After a lost connection the server tells only what is newer than what it told last.
  events.addEventListener('open', () => {
    if (newest !== undefined) tell(newest);
  });
  events.addEventListener('error', () => tell({ kind: 'lost' }));
}
