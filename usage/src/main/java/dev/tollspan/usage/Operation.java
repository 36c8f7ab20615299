package dev.tollspan.usage;

/** What the model was asked for. */
public enum Operation {
  UNKNOWN,
  CHAT,
  COMPLETION,
  EMBEDDINGS,
  RERANK,
  IMAGE,
  VIDEO,
  SPEECH,
  TRANSCRIPTION,
  OCR,
  /** A call that was answered from a cache of the client: nothing was asked of the vendor. */
  CACHED
}
