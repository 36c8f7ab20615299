package dev.tollspan.detectors;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.Locale;

/** What can be found. docs/reference/detectors.md says of each how it looks and what is missed. */
public enum Kind {
  CARD,
  IBAN,
  US_SSN("ssn|social security|social sec|soc sec"),
  US_ITIN("itin|taxpayer|tax payer|tin|tax id"),
  US_ABA("aba|routing|rtn|routing transit"),
  US_NPI("npi|national provider|provider identifier"),
  US_MBI("mbi|medicare|beneficiary"),
  UK_NHS("nhs|patient|national health"),
  UK_NINO("nino|national insurance|ni number|ni no"),
  DE_TAX_ID("steuer|steuer id|steueridnr|idnr|steuernummer|tax id|tin|identifikationsnummer"),
  FR_NIR("nir|insee|securite sociale|secu|numero de securite"),
  ES_NIF("nif|nie|dni|documento|fiscal"),
  IT_CODICE_FISCALE("codice fiscale|fiscale|cod fisc"),
  NL_BSN("bsn|burgerservicenummer|sofinummer|sofi"),
  PL_PESEL("pesel"),
  CA_SIN("sin|social insurance|assurance sociale"),
  IN_AADHAAR("aadhaar|aadhar|adhaar|uidai"),
  IN_PAN("pan|permanent account|income tax"),
  BR_CPF("cpf|cadastro de pessoas|contribuinte"),
  BR_CNPJ("cnpj|pessoa juridica"),
  AU_TFN("tfn|tax file"),
  AU_ABN("abn|australian business"),
  AU_MEDICARE("medicare"),
  SE_PERSONNUMMER("personnummer|personnr|pnr|personal identity|samordningsnummer"),
  KR_RRN("rrn|resident registration|jumin"),
  SG_NRIC("nric|fin|identity card"),
  EMAIL,
  PHONE(
      "phone|telephone|tel|telefon|telefono|telefone|telefonnummer|mobile|mobil|cellphone"
          + "|cell phone|fax|whatsapp|sms|msisdn|celular|movil|phone number|mobile number"),
  IPV4,
  IPV6,
  MAC("mac|mac address|hwaddr|ethernet"),
  GEO("lat|latitude|lon|lng|longitude|gps|geo|geolocation|coordinate|coord|latlng"),
  BIRTH_DATE(
      "birth|born|dob|birthday|birthdate|date of birth|geburtsdatum|geboren|geburtstag"
          + "|naissance|nacimiento|nascita|nascimento|geboortedatum"),
  JWT,
  PRIVATE_KEY,
  AWS_KEY,
  AWS_SECRET("aws secret|secret access key|aws secret key|aws secret access key"),
  GOOGLE_KEY,
  AZURE_SECRET("account key|shared access key|azure storage|storage key|storage account key"),
  OPENAI_KEY,
  ANTHROPIC_KEY,
  HUGGINGFACE,
  PERPLEXITY,
  BEDROCK_KEY,
  LANGSMITH,
  LLM_VENDOR_KEY(
      "cohere|mistral|groq|xai|grok|deepseek|together ai|together api|fireworks|openrouter"),
  GITHUB,
  GITLAB,
  SLACK,
  STRIPE,
  NPM,
  PYPI,
  SENDGRID,
  TWILIO("twilio auth token|twilio token|twilio auth|twilio secret"),
  DATADOG("dd api key|dd app key|dd application key|datadog api key|datadog app key|datadog key"),
  DATABRICKS,
  GRAFANA,
  PLATFORM_KEY,
  GENERIC_SECRET("token|auth|auth key|credential|authorization"),
  URL_CREDENTIALS;

  private static final List<Kind> ALL = List.of(values());

  private final String words;
  private final String token = "<" + name().toLowerCase(Locale.ROOT) + ">";

  Kind() {
    this("");
  }

  Kind(String words) {
    this.words = words;
  }

  /** What may stand in a found text's place: the kind's name in angle brackets, always the same. */
  public String token() {
    return token;
  }

  /** The token in bytes; the caller owns the array. */
  public byte[] tokenBytes() {
    return token.getBytes(US_ASCII);
  }

  /** Words that must or may stand near, parted by bars; empty where none matter. */
  String words() {
    return words;
  }

  /** Which bit of a set of kinds is this one's. */
  @SuppressWarnings("EnumOrdinal") // bits and rows; never stored, never shown
  int place() {
    return ordinal();
  }

  long bit() {
    return 1L << place();
  }

  static Kind of(int place) {
    return ALL.get(place);
  }
}
