package dev.tollspan.priceimport;

import java.util.ArrayList;
import java.util.List;

/** Collects the findings of one file. One thread. */
final class Lints {
  private final String file;
  private final List<Lint> found = new ArrayList<>();

  Lints(String file) {
    this.file = file;
  }

  void add(Defect defect, String path, Object detail) {
    found.add(new Lint(defect, file, path, detail.toString()));
  }

  void add(Defect defect, String path) {
    add(defect, path, "");
  }

  List<Lint> found() {
    return List.copyOf(found);
  }
}
