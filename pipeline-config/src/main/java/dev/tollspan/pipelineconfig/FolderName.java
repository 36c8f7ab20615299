package dev.tollspan.pipelineconfig;

/** What the folder of a component or a pipeline is called. */
public final class FolderName {
  private FolderName() {}

  /** An id has one slash at most, between its type and its name, so no two share a folder. */
  public static String of(String id) {
    return id.replace('/', '-');
  }
}
