package dev.tollspan.detectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.util.Base64;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Made-up values of every kind, valid by check digits that are computed here a second time, from
 * the issuers' descriptions and not with the detectors' code.
 */
final class Samples {
  static final String DIGITS = "0123456789";
  static final String HEX = "0123456789abcdef";
  static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  static final String ALNUM = DIGITS + UPPER + UPPER.toLowerCase(Locale.ROOT);
  static final String TOKEN = ALNUM + "-_";
  static final String BASE64 = ALNUM + "+/";

  private static final String[] MONTHS = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"
  };
  private static final String[] NAMES = {
    "jane.doe", "j_smith", "maria-garcia", "li.wei88", "o.neill+news", "k", "Anna.Schmidt", "x99"
  };
  private static final String[] DOMAINS = {
    "example.com",
    "mail.example.co.uk",
    "example.org",
    "uni-berlin.de",
    "acme.io",
    "corp.example.fr"
  };

  private final SplittableRandom random;

  Samples(SplittableRandom random) {
    this.random = random;
  }

  /**
   * A value in the text that belongs to it.
   *
   * @param label the word that has to stand nearby; empty if none has to
   * @param before what stands before the value without being found
   * @param behind likewise, behind it
   */
  record Sample(Kind kind, String label, String before, String value, String behind) {
    Sample labelled(String word) {
      return new Sample(kind, word, before, value, behind);
    }
  }

  /** The way that the issuer writes it. */
  Sample canonical(Kind kind) {
    return make(kind, false);
  }

  /** With other separators, or without any, or in small letters: and then with a word if needed. */
  Sample varied(Kind kind) {
    return make(kind, true);
  }

  private Sample make(Kind kind, boolean varied) {
    return switch (kind) {
      case CARD -> plain(kind, varied ? regroup(card(), pick(" ", "-", ".", "+")) : card());
      case IBAN -> plain(kind, varied ? fours(iban(), pick(" ", "-")) : iban());
      case US_SSN -> numbers(kind, "ssn", ssn(), "3-2-4", varied);
      case US_ITIN -> numbers(kind, "itin", itin(), "3-2-4", varied);
      case US_ABA -> named(kind, "routing number", aba(), varied);
      case US_NPI -> named(kind, "NPI", npi(), varied);
      case US_MBI -> plain(kind, varied ? mbi().replace("-", "") : mbi());
      case UK_NHS -> named(kind, "NHS number", varied ? spread(nhs(), "3 3 4") : nhs(), false);
      case UK_NINO -> plain(kind, varied ? spread(nino(), "2 2 2 2 1") : nino());
      case DE_TAX_ID -> numbers(kind, "Steuer-ID", taxId(), "2 3 3 3", varied);
      case FR_NIR -> numbers(kind, "NIR", nir(), "1 2 2 2 3 3 2", varied);
      case ES_NIF -> plain(kind, varied ? hyphenated(nif()) : nif());
      case IT_CODICE_FISCALE -> plain(kind, varied ? lower(codice()) : codice(), varied);
      case NL_BSN -> named(kind, "BSN", bsn(), varied);
      case PL_PESEL -> named(kind, "PESEL", pesel(), false);
      case CA_SIN -> numbers(kind, "social insurance number", sin(), "3-3-3", varied);
      case IN_AADHAAR -> numbers(kind, "aadhaar", aadhaar(), "4 4 4", varied);
      case IN_PAN -> plain(kind, varied ? lower(pan()) : pan(), varied);
      case BR_CPF -> numbers(kind, "CPF", cpf(), "3.3.3-2", varied);
      case BR_CNPJ -> numbers(kind, "CNPJ", cnpj(), "2.3.3/4-2", varied);
      case AU_TFN -> named(kind, "TFN", tfn(), varied);
      case AU_ABN -> named(kind, "ABN", varied ? abn() : spread(abn(), "2 3 3 3"), false);
      case AU_MEDICARE -> numbers(kind, "medicare", medicare(), "4 5 1", varied);
      case SE_PERSONNUMMER -> numbers(kind, "personnummer", personnummer(), "6-4", varied);
      case KR_RRN -> numbers(kind, "resident registration", rrn(), "6-7", varied);
      case SG_NRIC -> plain(kind, varied ? lower(nric()) : nric(), varied);
      case EMAIL -> plain(kind, pick(NAMES) + "@" + pick(DOMAINS));
      case PHONE -> phone(varied);
      case IPV4 -> plain(kind, ipv4());
      case IPV6 -> plain(kind, varied ? "2001:db8:" + hex(4) + "::" + hex(3) : ipv6());
      case MAC -> plain(kind, mac(varied ? "-" : ":"));
      case GEO -> degrees();
      case BIRTH_DATE -> birthday(varied);
      case JWT -> plain(kind, jwt());
      case PRIVATE_KEY -> plain(kind, varied ? age() : pem());
      default -> secret(kind);
    };
  }

  private Sample secret(Kind kind) {
    return switch (kind) {
      case AWS_KEY -> plain(kind, pick("AKIA", "ASIA") + some(UPPER + "234567", 16));
      case AWS_SECRET -> plain(kind, mixed(BASE64, 40)).labelled("aws secret access key");
      case GOOGLE_KEY -> plain(kind, "AIza" + some(TOKEN, 34) + some(ALNUM, 1));
      case AZURE_SECRET -> azure();
      case OPENAI_KEY -> plain(kind, openai());
      case ANTHROPIC_KEY ->
          plain(kind, "sk-ant-" + pick("api03-", "admin01-") + some(TOKEN, 93) + "AA");
      case HUGGINGFACE -> plain(kind, "hf_" + some(ALNUM, 34));
      case PERPLEXITY -> plain(kind, "pplx-" + some(ALNUM, 48));
      case BEDROCK_KEY -> plain(kind, "ABSK" + some(BASE64, 127) + "=");
      case LANGSMITH -> plain(kind, "lsv2_" + pick("pt_", "sk_") + hex(32) + "_" + hex(10));
      case LLM_VENDOR_KEY -> vendor();
      case GITHUB -> plain(kind, github());
      case GITLAB -> plain(kind, "glpat-" + some(TOKEN, 20));
      case SLACK ->
          plain(kind, "xoxb-" + some(DIGITS, 12) + "-" + some(DIGITS, 12) + "-" + some(ALNUM, 24));
      case STRIPE -> plain(kind, pick("sk_live_", "rk_live_") + some(ALNUM, 24));
      case NPM -> plain(kind, "npm_" + some(ALNUM, 36));
      case PYPI -> plain(kind, "pypi-AgEIcHlwaS5vcmc" + some(TOKEN, 120));
      case SENDGRID -> plain(kind, "SG." + some(TOKEN, 22) + "." + some(TOKEN, 43));
      case TWILIO -> plain(kind, "SK" + hex(32));
      case DATADOG -> plain(kind, hex(32)).labelled("DD_API_KEY");
      case DATABRICKS -> plain(kind, "dapi" + hex(32) + pick("", "-2"));
      case GRAFANA -> plain(kind, "glsa_" + some(ALNUM, 32) + "_" + hex(8));
      case PLATFORM_KEY ->
          plain(
              kind,
              pick(
                  "dop_v1_" + hex(64),
                  "shpat_" + hex(32),
                  "lin_api_" + some(ALNUM, 40),
                  "NRAK-" + some(UPPER + DIGITS, 27),
                  "hvs." + some(TOKEN, 92)));
      case GENERIC_SECRET ->
          new Sample(
              kind,
              "",
              pick("api_key=", "secret: ", "password=", "client_secret = ", "access_token:"),
              mixed(ALNUM, 24),
              "");
      case URL_CREDENTIALS ->
          new Sample(
              kind,
              "",
              pick("postgres://", "https://", "redis://"),
              pick("app", "svc-user", "root") + ":" + mixed(ALNUM, 12),
              "@db-1.example.net:5432/main");
      default -> throw new AssertionError("no samples of " + kind);
    };
  }

  private Sample plain(Kind kind, String value) {
    return new Sample(kind, "", "", value, "");
  }

  private Sample plain(Kind kind, String value, boolean withWord) {
    String word =
        kind == Kind.IT_CODICE_FISCALE ? "codice fiscale" : kind == Kind.IN_PAN ? "PAN" : "NRIC";
    return plain(kind, value).labelled(withWord ? word : "");
  }

  /** Canonical: with the separators that are as good as a word. Varied: others, and a word. */
  private Sample numbers(Kind kind, String word, String digits, String shape, boolean varied) {
    if (!varied) {
      return plain(kind, spread(digits, shape));
    }
    String other = shape.replaceAll("[^0-9]", pick(" ", "-", "."));
    return plain(kind, random.nextBoolean() ? digits : spread(digits, other)).labelled(word);
  }

  /** Digits that always need a word. */
  private Sample named(Kind kind, String word, String digits, boolean varied) {
    String separator = pick(" ", "-", ".");
    String value = varied ? spread(digits, "3" + separator + "3" + separator + "9") : digits;
    return plain(kind, value).labelled(word);
  }

  private String card() {
    String[] issuer =
        pick(
                "4 16", "4 16", "51 16", "55 16", "2221 16", "2720 16", "34 15", "37 15", "36 14",
                "3528 16", "6011 16", "65 16", "62 16", "62 19", "5018 16", "6759 18", "2202 16",
                "4 13", "4 19", "305 14", "81 16", "9792 16")
            .split(" ");
    return luhn(issuer[0] + some(DIGITS, Integer.parseInt(issuer[1]) - issuer[0].length() - 1));
  }

  private String regroup(String card, String separator) {
    return switch (card.length()) {
      case 15 ->
          card.substring(0, 4) + separator + card.substring(4, 10) + separator + card.substring(10);
      case 16 -> random.nextInt(8) == 0 ? pairs(card) : fours(card, separator);
      case 14 ->
          card.substring(0, 4) + separator + card.substring(4, 10) + separator + card.substring(10);
      default -> fours(card, separator);
    };
  }

  private String iban() {
    String[] made =
        pick("DE n18", "GB a4n14", "FR n23", "NL a4n10", "ES n20", "PL n24", "CH n17", "NO n11")
            .split(" ");
    StringBuilder account = new StringBuilder();
    for (String part : made[1].split("(?<=\\d)(?=[an])")) {
      account.append(
          some(part.charAt(0) == 'n' ? DIGITS : UPPER, Integer.parseInt(part.substring(1))));
    }
    StringBuilder number = new StringBuilder();
    for (char c : (account + made[0] + "00").toCharArray()) {
      number.append(Character.getNumericValue(c));
    }
    int rest = new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue();
    return made[0] + two(98 - rest) + account;
  }

  private String ssn() {
    int area = 1 + random.nextInt(898);
    return three(area == 666 ? 665 : area)
        + two(1 + random.nextInt(99))
        + four(1 + random.nextInt(9998));
  }

  private String itin() {
    return "9" + some(DIGITS, 2) + two(70 + random.nextInt(19)) + some(DIGITS, 4);
  }

  private String aba() {
    return completed(
        pick("02", "11", "21", "31", "12", "06") + some(DIGITS, 6),
        n -> {
          int sum = 0;
          for (int i = 0; i < 9; i++) {
            sum += digit(n, i) * (i % 3 == 0 ? 3 : i % 3 == 1 ? 7 : 1);
          }
          return sum % 10 == 0;
        });
  }

  private String npi() {
    return luhn("80840" + pick("1", "2") + some(DIGITS, 8)).substring(5);
  }

  private String mbi() {
    String letters = "ACDEFGHJKMNPQRTUVWXY";
    String either = DIGITS + letters;
    return some("123456789", 1)
        + some(letters, 1)
        + some(either, 1)
        + some(DIGITS, 1)
        + "-"
        + some(letters, 1)
        + some(either, 1)
        + some(DIGITS, 1)
        + "-"
        + some(letters, 2)
        + some(DIGITS, 2);
  }

  private String nhs() {
    while (true) {
      String nine = some(DIGITS, 9);
      int sum = 0;
      for (int i = 0; i < 9; i++) {
        sum += digit(nine, i) * (10 - i);
      }
      int check = 11 - sum % 11;
      if (check != 10) {
        return nine + check % 11;
      }
    }
  }

  private String nino() {
    return pick("AB", "CE", "JK", "PW", "SY", "TA") + some(DIGITS, 6) + some("ABCD", 1);
  }

  private String taxId() {
    while (true) {
      String ten = some("123456789", 1) + some(DIGITS, 9);
      if (ten.chars().distinct().count() == 9) {
        int product = 10;
        for (int i = 0; i < 10; i++) {
          int sum = (digit(ten, i) + product) % 10;
          product = (sum == 0 ? 20 : sum * 2) % 11;
        }
        return ten + (product == 1 ? 0 : (11 - product) % 11);
      }
    }
  }

  private String nir() {
    String thirteen =
        some("12", 1)
            + some(DIGITS, 2)
            + two(1 + random.nextInt(12))
            + two(1 + random.nextInt(95))
            + three(1 + random.nextInt(900))
            + three(1 + random.nextInt(900));
    return thirteen + two((int) (97 - Long.parseLong(thirteen) % 97));
  }

  private String nif() {
    int number = random.nextInt(10_000_000);
    int first = random.nextInt(13);
    String start = first > 9 ? String.valueOf("XYZ".charAt(first - 10)) : String.valueOf(first);
    long value = (first > 9 ? first - 10 : first) * 10_000_000L + number;
    return start + "%07d".formatted(number) + "TRWAGMYFPDXBNJZSQVHLCKE".charAt((int) (value % 23));
  }

  private String hyphenated(String nif) {
    return nif.substring(0, 8) + "-" + nif.substring(8);
  }

  private String codice() {
    String start =
        some("BCDFGLMNPRSTV", 3)
            + some("BCDFGLMNPRSTV", 3)
            + some(DIGITS, 2)
            + some("ABCDEHLMPRST", 1)
            + two(1 + random.nextInt(28))
            + some("ABCDEFGHIL", 1)
            + some(DIGITS, 3);
    int sum = 0;
    for (int i = 0; i < 15; i++) {
      char c = start.charAt(i);
      char letter = (char) (c <= '9' ? c - '0' + 'A' : c);
      sum += i % 2 == 0 ? oddValue(letter) : letter - 'A';
    }
    return start + (char) ('A' + sum % 26);
  }

  private static int oddValue(char letter) {
    String[] values =
        "1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23".split(" ");
    return Integer.parseInt(values[letter - 'A']);
  }

  private String bsn() {
    return completed(
        some("123456789", 1) + some(DIGITS, 7),
        n -> {
          int sum = -digit(n, 8);
          for (int i = 0; i < 8; i++) {
            sum += digit(n, i) * (9 - i);
          }
          return sum % 11 == 0;
        });
  }

  private String pesel() {
    int[] weights = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
    String ten =
        some(DIGITS, 2) + two(1 + random.nextInt(12) + pick(0, 20)) + day() + some(DIGITS, 4);
    return completed(ten, n -> sum(n, weights) % 10 == 0);
  }

  private String sin() {
    return luhn(some("12345679", 1) + some(DIGITS, 7));
  }

  private String aadhaar() {
    // The permutation's powers, and the group of turns and mirrors of a pentagon.
    return completed(
        some("23456789", 1) + some(DIGITS, 10),
        n -> {
          int[] turn = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
          int check = 0;
          for (int i = 0; i < n.length(); i++) {
            int d = digit(n, n.length() - 1 - i);
            for (int k = 0; k < i % 8; k++) {
              d = turn[d];
            }
            check = dihedral(check, d);
          }
          return check == 0;
        });
  }

  private static int dihedral(int a, int b) {
    if (a < 5) {
      return b < 5 ? (a + b) % 5 : 5 + (a + b) % 5;
    }
    return b < 5 ? 5 + Math.floorMod(a - b, 5) : Math.floorMod(a - b, 5);
  }

  private String pan() {
    return some(UPPER, 3)
        + some("PCHFATBLJG", 1)
        + some(UPPER, 1)
        + some(DIGITS, 4)
        + some(UPPER, 1);
  }

  private String cpf() {
    String nine = some(DIGITS, 9);
    String ten = nine + brazilian(nine, 10, 99);
    return ten + brazilian(ten, 11, 99);
  }

  private String cnpj() {
    String twelve = some(DIGITS, 8) + "0001";
    String thirteen = twelve + brazilian(twelve, 5, 9);
    return thirteen + brazilian(thirteen, 6, 9);
  }

  /** Weights fall from the first to 2 and begin again at a highest one. */
  private static int brazilian(String digits, int first, int highest) {
    int sum = 0;
    int weight = first;
    for (int i = 0; i < digits.length(); i++) {
      sum += digit(digits, i) * weight;
      weight = weight == 2 ? highest : weight - 1;
    }
    return sum * 10 % 11 % 10;
  }

  private String tfn() {
    int[] weights = {1, 4, 3, 7, 5, 8, 6, 9, 10};
    return completed(some("123456789", 1) + some(DIGITS, 7), n -> sum(n, weights) % 11 == 0);
  }

  private String abn() {
    int[] weights = {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19};
    while (true) {
      String eleven = some("123456789", 1) + some(DIGITS, 10);
      String less = (char) (eleven.charAt(0) - 1) + eleven.substring(1);
      if (sum(less, weights) % 89 == 0) {
        return eleven;
      }
    }
  }

  private String medicare() {
    int[] weights = {1, 3, 7, 9, 1, 3, 7, 9};
    String eight = some("23456", 1) + some(DIGITS, 7);
    return eight + sum(eight, weights) % 10 + some("123456789", 1);
  }

  private String personnummer() {
    return luhn(some(DIGITS, 2) + two(1 + random.nextInt(12)) + day() + some(DIGITS, 3));
  }

  private String rrn() {
    int[] weights = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    String twelve =
        some(DIGITS, 2)
            + two(1 + random.nextInt(12))
            + day()
            + some("12345678", 1)
            + some(DIGITS, 5);
    return twelve + (11 - sum(twelve, weights) % 11) % 10;
  }

  private String nric() {
    int[] weights = {2, 7, 6, 5, 4, 3, 2};
    String seven = some(DIGITS, 7);
    char first = pick("S", "T", "F", "G", "M").charAt(0);
    int offset = first == 'T' || first == 'G' ? 4 : first == 'M' ? 3 : 0;
    int rest = (sum(seven, weights) + offset) % 11;
    String letters =
        first == 'S' || first == 'T' ? "JZIHGFEDCBA" : first == 'M' ? "XWUTRQPNJLK" : "XWUTRQPNMLK";
    return first + seven + letters.charAt(rest);
  }

  private Sample phone(boolean varied) {
    String american =
        two(20 + random.nextInt(79)) + some(DIGITS, 1) + some("23456789", 1) + some(DIGITS, 6);
    if (!varied) {
      return plain(
          Kind.PHONE,
          pick(
              "+1" + american,
              "+49" + some("123456789", 1) + some(DIGITS, 9),
              "+44 20 " + some("2345678", 1) + some(DIGITS, 3) + " " + some(DIGITS, 4),
              "+33 6 " + two(10 + random.nextInt(80)) + " 34 56 78",
              "0049 151 1" + some(DIGITS, 7),
              spread(american, "3-3-4"),
              "(" + american.substring(0, 3) + ") " + spread(american.substring(3), "3-4")));
    }
    String local =
        pick(
            spread(american, "3 3 4"),
            american,
            "0" + two(30 + random.nextInt(60)) + " " + some(DIGITS, 7),
            "06 12 34 56 " + some(DIGITS, 2),
            "0171/" + some(DIGITS, 7));
    return plain(Kind.PHONE, local).labelled(pick("phone", "mobile", "Telefon", "fax"));
  }

  private String ipv4() {
    int first = 1 + random.nextInt(223);
    return (first == 127 ? 128 : first)
        + "."
        + random.nextInt(256)
        + "."
        + random.nextInt(256)
        + "."
        + random.nextInt(255);
  }

  private String ipv6() {
    StringBuilder all = new StringBuilder("2001");
    for (int i = 0; i < 7; i++) {
      all.append(':').append(hex(4));
    }
    return all.toString();
  }

  private String mac(String separator) {
    StringBuilder all = new StringBuilder("3c");
    for (int i = 0; i < 5; i++) {
      all.append(separator).append(hex(2));
    }
    return all.toString();
  }

  private Sample degrees() {
    boolean north = random.nextBoolean();
    String sign = random.nextBoolean() ? "-" : "";
    String value =
        sign + random.nextInt(north ? 90 : 180) + "." + some(DIGITS, 4 + random.nextInt(3));
    return plain(Kind.GEO, value).labelled(north ? "latitude" : "longitude");
  }

  private Sample birthday(boolean varied) {
    int year = 1930 + random.nextInt(80);
    int month = 1 + random.nextInt(12);
    String value =
        varied
            ? pick(
                day() + "." + two(month) + "." + year,
                two(month) + "/" + day() + "/" + year,
                day() + " " + MONTHS[month - 1] + " " + year,
                MONTHS[month - 1] + " " + day() + ", " + year,
                year + two(month) + day())
            : year + "-" + two(month) + "-" + day();
    return plain(Kind.BIRTH_DATE, value).labelled(pick("date of birth", "dob", "born"));
  }

  private String jwt() {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String header =
        pick(
            "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
            "{ \"alg\" : \"ES256\" }",
            "{\"typ\":\"JWT\",\"kid\":\"" + hex(8) + "\",\"alg\":\"RS256\"}");
    String payload = "{\"sub\":\"" + some(DIGITS, 8) + "\",\"iat\":17" + some(DIGITS, 8) + "}";
    return encoder.encodeToString(header.getBytes(UTF_8))
        + "."
        + encoder.encodeToString(payload.getBytes(UTF_8))
        + "."
        + some(TOKEN, 43);
  }

  private String pem() {
    String type = pick("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY");
    return "-----BEGIN "
        + type
        + "-----\n"
        + some(BASE64, 64)
        + "\n"
        + some(BASE64, 40)
        + "==\n-----END "
        + type
        + "-----";
  }

  private String age() {
    return "AGE-SECRET-KEY-1" + some("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58);
  }

  private Sample azure() {
    return random.nextBoolean()
        ? plain(
            Kind.AZURE_SECRET,
            some(ALNUM, 3) + some(DIGITS, 1) + "Q~" + some(ALNUM + "_.~-", 33) + some(ALNUM, 1))
        : plain(Kind.AZURE_SECRET, mixed(BASE64, 86) + "==").labelled("storage account key");
  }

  private String openai() {
    return random.nextBoolean()
        ? "sk-proj-" + some(TOKEN, 74) + "T3BlbkFJ" + some(TOKEN, 74)
        : "sk-" + some(ALNUM, 20) + "T3BlbkFJ" + some(ALNUM, 20);
  }

  private Sample vendor() {
    return random.nextInt(4) > 0
        ? plain(
            Kind.LLM_VENDOR_KEY,
            pick("gsk_" + some(ALNUM, 52), "xai-" + some(ALNUM, 80), "sk-or-v1-" + hex(64)))
        : plain(Kind.LLM_VENDOR_KEY, mixed(ALNUM, pick(32, 40)))
            .labelled(pick("mistral api", "cohere"));
  }

  private String github() {
    return random.nextBoolean()
        ? pick("ghp_", "gho_", "ghs_", "ghr_") + some(ALNUM, 36)
        : "github_pat_" + some(ALNUM, 22) + "_" + some(ALNUM, 59);
  }

  private String luhn(String digits) {
    return completed(
        digits,
        n -> {
          int sum = 0;
          for (int i = 0; i < n.length(); i++) {
            int d = digit(n, n.length() - 1 - i);
            sum += i % 2 == 0 ? d : d * 2 / 10 + d * 2 % 10;
          }
          return sum % 10 == 0;
        });
  }

  /** Digits with the last one that makes them right; some have none, and then others are made. */
  private String completed(String digits, Predicate<String> right) {
    String start = digits;
    while (true) {
      for (int last = 0; last < 10; last++) {
        if (right.test(start + last)) {
          return start + last;
        }
      }
      start = start.substring(0, start.length() - 1) + some(DIGITS, 1);
    }
  }

  private static int sum(String digits, int[] weights) {
    int sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += digit(digits, i) * weights[i];
    }
    return sum;
  }

  private static int digit(String digits, int index) {
    return digits.charAt(index) - '0';
  }

  private static String pairs(String text) {
    return text.replaceAll("(.{2})(?=.)", "$1-");
  }

  private static String fours(String text, String separator) {
    return text.replaceAll("(.{4})(?=.)", "$1" + separator);
  }

  /** Digits in groups: a shape tells how long each is and what stands between. */
  private static String spread(String digits, String shape) {
    StringBuilder spread = new StringBuilder();
    int from = 0;
    for (int i = 0; i < shape.length() && from < digits.length(); i++) {
      char c = shape.charAt(i);
      if (Character.isDigit(c)) {
        int to = Math.min(digits.length(), from + c - '0');
        spread.append(digits, from, to);
        from = to;
      } else {
        spread.append(c);
      }
    }
    return spread.append(digits.substring(from)).toString();
  }

  private String day() {
    return two(1 + random.nextInt(28));
  }

  private static String two(int number) {
    return "%02d".formatted(number);
  }

  private static String three(int number) {
    return "%03d".formatted(number);
  }

  private static String four(int number) {
    return "%04d".formatted(number);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  String hex(int length) {
    return some(HEX, length);
  }

  String some(String alphabet, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** As {@link #some}, with a digit, as generators of passwords promise. */
  private String mixed(String alphabet, int length) {
    return some(ALNUM, 1) + some(alphabet, length - 3) + some(DIGITS, 1) + some(UPPER, 1);
  }

  @SafeVarargs
  final <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }
}
