/** An MLflow server by its REST API: one request, and one clear error where there is no answer or a refusal. */

/** What the server said, or that it said nothing: what was sent before stays, and doing it again goes on. */
export class MlflowError extends Error {
  /** MLflow's word for it: `RESOURCE_DOES_NOT_EXIST`; absent where there was no answer of its own. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.name = 'MlflowError';
    this.code = code;
  }
}

export interface MlflowClient {
  /** Throws {@link MlflowError}. */
  get<T>(path: string, query: Readonly<Record<string, string>>): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
}

const timeoutMs = 60_000;

/** @param address of the server, without `/api/…` */
export function mlflowClient(address: string): MlflowClient {
  const base = address.replace(/\/+$/, '');
  const call = async <T>(path: string, init: RequestInit): Promise<T> => {
    const url = `${base}/api/2.0/mlflow/${path}`;
    const headers = { 'Content-Type': 'application/json', ...authorization() };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, { ...init, headers, signal });
      return answerOf<T>(base, path.replace(/\?.*/s, ''), response, await response.text());
    } catch (error) {
      if (error instanceof MlflowError) throw error;
      throw new MlflowError(`no answer from ${base}: ${reasonOf(error)}`);
    }
  };
  return {
    get: (path, query) => call(`${path}?${new URLSearchParams(query)}`, { method: 'GET' }),
    post: (path, body) => call(path, { method: 'POST', body: JSON.stringify(body) }),
  };
}

function answerOf<T>(base: string, path: string, { ok, status }: Response, text: string): T {
  const answer = parsed(text);
  if (ok && answer !== undefined) return answer as T;
  const { error_code: code, message } = (answer ?? {}) as { error_code?: string; message?: string };
  const said = message ?? (text.trim() === '' ? 'nothing' : text.trim().slice(0, 200));
  throw new MlflowError(`${base} answered ${path} with ${status}: ${said}`, code);
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Node's own word is "fetch failed"; the cause says why. */
function reasonOf(error: unknown): string {
  const { name, cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') return `nothing came within ${timeoutMs / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}

/** As MLflow's own clients read it from the environment. */
function authorization(): Record<string, string> {
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password,
  } = process.env;
  if (user !== undefined && user !== '')
    return { Authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` };
  return token === undefined || token === '' ? {} : { Authorization: `Bearer ${token}` };
}
