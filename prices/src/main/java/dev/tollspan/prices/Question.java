package dev.tollspan.prices;

/**
 * What a call says about what it should cost, as text.
 *
 * @param provider by its id, any if it is unknown
 */
record Question(
    String provider,
    String response,
    String request,
    String deployment,
    String tier,
    String speed,
    String region,
    String geo) {

  static Question of(Usage usage) {
    return new Question(
        Providers.id(usage.string(Fact.PROVIDER)),
        usage.string(Fact.RESPONSE_MODEL),
        usage.string(Fact.REQUEST_MODEL),
        usage.string(Fact.DEPLOYMENT),
        usage.string(Fact.SERVICE_TIER),
        usage.string(Fact.SPEED),
        usage.string(Fact.REGION),
        usage.string(Fact.INFERENCE_GEO));
  }
}
