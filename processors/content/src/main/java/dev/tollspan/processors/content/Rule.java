package dev.tollspan.processors.content;

/**
 * Everything that makes the gate remove something, by name, so that a test can switch off one after
 * the other and show that each is needed.
 */
enum Rule {
  // names and other fields of the messages
  SPAN_NAME,
  EVENT_NAME,
  SCOPE_NAME,
  SCOPE_VERSION,
  STATUS_MESSAGE,
  TRACE_STATE,
  LINK_TRACE_STATE,
  SCHEMA_URL,
  ENTITY_REFS,
  EMPTY_GROUPS,
  // lists of attributes that are looked at
  RESOURCE_ATTRIBUTES,
  SCOPE_ATTRIBUTES,
  SPAN_ATTRIBUTES,
  EVENT_ATTRIBUTES,
  LINK_ATTRIBUTES,
  // keys
  DENY,
  HASH,
  TENANT,
  PEER,
  UNKNOWN_KEY,
  FAMILY,
  HEADER,
  URL,
  KEY_SPELLING,
  CONTENT_WORD,
  NAMING,
  PERSON_WORD,
  INDEXED_NUMBER,
  KEY_SHAPE,
  KEY_DETECTOR,
  // values
  GRAMMAR,
  CARD,
  SENTENCE,
  SECRET,
  PAYLOAD,
  BYTES,
  ARRAY,
  KVLIST,
  LENGTH,
  WORDS,
  STRUCTURE,
  URL_TEXT,
  DETECTOR,
  BUDGET
}
