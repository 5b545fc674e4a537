import { takeOrNothing } from './early';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Session = Schemas['Session'];
export type Image = Schemas['Image'];
export type ImageDetail = Schemas['BootResourceWithSets'];
export type Offer = Schemas['Offer'];
export type Plan = Schemas['ImportPlan'];
export type Removal = Schemas['ImageRemoval'];
export type Source = Schemas['BootSource'];
export type SourceState = Schemas['BootSourceState'];
export type SourceTrial = Schemas['BootSourceTrial'];
export type Selection = Schemas['BootSourceSelection'];
export type ImportRun = Schemas['Import'];
export type Upload = Schemas['Upload'];
export type Conversion = Schemas['Conversion'];
export type EventPage = Schemas['EventPage'];
export type User = Schemas['User'];
export type TokenName = Schemas['ApiTokenName'];
export type Token = Schemas['ApiToken'];
export type Storage = Schemas['Storage'];
export type Collection = Schemas['Collection'];
export type DeletedImage = Schemas['DeletedImage'];
export type ImageVersion = Schemas['ImageVersion'];
export type Rack = Schemas['Rack'];
export type RackDetail = Schemas['RackDetail'];
export type RackToken = Schemas['RackToken'];
export type StreamKey = Schemas['StreamKey'];
export type View = Schemas['View'];
export type ViewToken = Schemas['ViewToken'];
export type Retention = Schemas['Retention'];
export type ImageCopies = Schemas['ImageCopies'];
export type ImageCopiesOfRack = Schemas['ImageCopiesOfRack'];
export type BootAssignment = Schemas['BootAssignment'];
export type SourceNetwork = Schemas['SourceNetwork'];
export type BootRecordPage = Schemas['BootRecordPage'];

const root = '/MAAS/api/2.0/';

/** What the server refused, with its words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string | null,
    message: string,
    /** Messages by field, when the server told them apart. */
    readonly fields: Record<string, string> = {},
  ) {
    super(message);
  }
}

let proof = '';
/** Told with every answer of session/: goes into each request that changes something. */
export const keepProof = (token: string | null | undefined) => (proof = token ?? '');
export const proofHeaders = (): Record<string, string> => (proof ? { 'X-CSRF-Token': proof } : {});

let signedOut = () => {};
/** Called when the server does not know this browser any more. */
export const whenSignedOut = (then: () => void) => (signedOut = then);

type Form = Record<string, string | string[] | boolean | number | Blob | undefined>;

function bodyOf(form: Form): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(form)) {
    if (value === undefined) continue;
    if (value instanceof Blob) data.append(name, value);
    else for (const one of Array.isArray(value) ? value : [String(value)]) data.append(name, one);
  }
  return data;
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  const code = response.headers.get('X-Error-Code');
  if (response.headers.get('Content-Type')?.startsWith('application/json')) {
    const fields: Record<string, string> = {};
    for (const [name, texts] of Object.entries(JSON.parse(text) as Record<string, string[] | string>))
      fields[name] = Array.isArray(texts) ? texts.join(' ') : String(texts);
    return new ApiError(response.status, code, Object.values(fields).join(' '), fields);
  }
  return new ApiError(response.status, code, text || `The server answered ${response.status}.`);
}

async function send(method: string, path: string, form?: Form, headers: Record<string, string> = {}): Promise<Response> {
  let response: Response;
  try {
    const early = method === 'GET' ? await takeOrNothing(path) : undefined;
    response = early ?? await fetch(path.startsWith('/') ? path : root + path, {
      method,
      body: form ? bodyOf(form) : undefined,
      headers: method === 'GET' ? headers : { ...proofHeaders(), ...headers },
      credentials: 'same-origin',
    });
  } catch {
    throw new ApiError(0, 'unreachable', 'The region does not answer. Is it running, and is the network up?');
  }
  if (response.ok) return response;
  const error = await errorOf(response);
  if (response.status === 401) signedOut();
  throw error;
}

export const get = async <T>(path: string): Promise<T> => (await send('GET', path)).json() as Promise<T>;
export const post = async <T>(path: string, form: Form = {}): Promise<T> => {
  const response = await send('POST', path, form);
  return (response.headers.get('Content-Type')?.startsWith('application/json') ? response.json() : response.text()) as Promise<T>;
};
export const put = async <T>(path: string, form: Form, headers?: Record<string, string>): Promise<T> =>
  (await send('PUT', path, form, headers)).json() as Promise<T>;
export const remove = async (path: string, headers?: Record<string, string>): Promise<void> => {
  await send('DELETE', path, undefined, headers);
};
