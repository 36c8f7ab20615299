package dev.tollspan.prices;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Names of vendors as spans say them, and as books do. A framework is no vendor: it bills nobody.
 */
final class Providers {
  /** Any provider, in a book; none known, on a span. */
  static final String ANY = "*";

  private static final Set<String> FRAMEWORKS =
      Set.of(
          "_other",
          "autogen",
          "crewai",
          "dspy",
          "gcp.vertex.agent",
          "haystack",
          "langchain",
          "langchain4j",
          "langgraph",
          "litellm",
          "llama_index",
          "llamaindex",
          "microsoft.agent_framework",
          "pydantic_ai",
          "semantic_kernel",
          "smolagents",
          "spring_ai",
          "strands-agents");

  /** Who sells what it made itself; the others host it. */
  private static final Set<String> MAKERS =
      Set.of(
          "ai21",
          "anthropic",
          "cohere",
          "dashscope",
          "deepseek",
          "google",
          "minimax",
          "mistral",
          "moonshot",
          "openai",
          "perplexity",
          "voyage",
          "xai",
          "zai");

  private static final Map<String, String> SYNONYMS = synonyms();

  private Providers() {}

  /** The id that books use; {@link #ANY} if the text names no vendor. */
  static String id(String text) {
    String name = text.strip().toLowerCase(Locale.ROOT);
    if (name.isEmpty() || FRAMEWORKS.contains(name)) {
      return ANY;
    }
    String known = SYNONYMS.get(name);
    if (known != null) {
      return known;
    }
    int dot = name.indexOf('.'); // openai.chat, anthropic.messages, google.generative-ai
    String vendor = dot < 0 ? null : SYNONYMS.get(name.substring(0, dot));
    return vendor != null ? vendor : name;
  }

  /** Whether a text is a vendor's name for sure, not merely the name of some organisation. */
  static boolean isKnown(String text) {
    return SYNONYMS.containsKey(text);
  }

  /** Whether this vendor made the models that are known by its name. */
  static boolean isMaker(String id) {
    return MAKERS.contains(id);
  }

  private static Map<String, String> synonyms() {
    Map<String, String> names = new HashMap<>();
    add(names, "anthropic", "claude");
    add(
        names,
        "azure",
        "azure.ai.openai azure.ai.inference az.ai.openai az.ai.inference azure_openai"
            + " azure-openai azure_ai azure.openai azureopenai");
    add(
        names,
        "bedrock",
        "aws.bedrock aws_bedrock aws-bedrock amazon.bedrock amazon_bedrock amazon-bedrock aws"
            + " bedrock_converse");
    add(names, "cohere", "cohere_chat");
    add(names, "dashscope", "alibaba alibaba_cloud qwen");
    add(names, "deepseek", "deep_seek");
    add(names, "fireworks", "fireworks_ai fireworks-ai");
    add(
        names,
        "google",
        "gcp.gemini gcp.vertex_ai gcp.gen_ai gcp gemini vertex_ai vertex vertexai google_genai"
            + " google-genai google_vertexai google_ai_studio google-ai-studio gcp_vertex");
    add(names, "groq", "");
    add(names, "mistral", "mistral_ai mistralai mistral-ai");
    add(names, "moonshot", "moonshot_ai moonshotai");
    add(names, "openai", "open_ai");
    add(names, "openrouter", "");
    add(names, "perplexity", "perplexity_ai");
    add(names, "together", "together_ai togetherai together-ai");
    add(names, "watsonx", "ibm.watsonx.ai ibm.watsonx watsonx.ai");
    add(names, "xai", "x_ai x-ai x.ai");
    return Map.copyOf(names);
  }

  private static void add(Map<String, String> names, String id, String synonyms) {
    names.put(id, id);
    for (String synonym : synonyms.isEmpty() ? new String[0] : synonyms.split(" ", -1)) {
      names.put(synonym, id);
    }
  }
}
