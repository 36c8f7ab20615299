package dev.tollspan.journal;

import java.util.List;

/**
 * What a start found in the folder.
 *
 * @param records intact records, whether readers had passed them or not
 * @param spans in these
 * @param lostRecords records that were stored, that not all readers had passed, and that cannot be
 *     read any more; they are counted again at each start until then
 * @param lostSpans in these
 * @param tornRecords holes that a crash left in a group before anybody was told that it is stored
 * @param damagedBytes how much of the files is damaged, at most
 * @param quarantinedBytes how much this start and earlier ones copied or moved to files of the
 *     suffix {@code .damaged}
 * @param setAside files that are not used and kept: of a newer version, places of readers that
 *     there are no more (both are renamed), segments that the disk did not read
 * @param nanos how long it took
 */
public record Recovery(
    long records,
    long spans,
    long lostRecords,
    long lostSpans,
    long tornRecords,
    long damagedBytes,
    long quarantinedBytes,
    List<String> setAside,
    long nanos) {}
