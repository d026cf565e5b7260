import type { HeaderView } from './header-view.ts';

/** Bytes of a token of English text in UTF-8, about: the prompts of this project have so many, and so does OpenAI's rule of thumb. */
export const USUAL_BYTES_PER_TOKEN = 4;

/** Before each message of gRPC: a flag, and its length. Source: grpc/doc/PROTOCOL-HTTP2.md. */
const MESSAGE_PREFIX_BYTES = 5;

/** The length of the first message of a body that begins with those pieces; null until its prefix has come. */
export const messageLength = (pieces: readonly Buffer[]): number | null => {
  let length = 0;
  let at = 0;
  for (const piece of pieces) {
    for (let index = 0; index < piece.length; index++, at++) {
      if (at > 0) length = length * 256 + piece[index]!;
      if (at === MESSAGE_PREFIX_BYTES - 1) return length;
    }
  }
  return null;
};

/** What a prompt of a message with so many bytes has in tokens, about; at least one. */
export const tokensOfBytes = (bytes: number, bytesPerToken: number): number =>
  Math.max(1, Math.round(bytes / bytesPerToken));

/** The same by `content-length`, which clients of gRPC may send; 0 where they do not. */
export const tokensByContentLength = (headers: HeaderView, bytesPerToken: number): number => {
  const bytes = headers.count('content-length');
  return bytes === null || bytes <= MESSAGE_PREFIX_BYTES
    ? 0
    : tokensOfBytes(bytes - MESSAGE_PREFIX_BYTES, bytesPerToken);
};
