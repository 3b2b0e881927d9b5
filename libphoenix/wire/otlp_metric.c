/*
 * otlp_metric.c - a metric, of which nothing is kept: its data points are
 * counted as left out, so that the answer can say how many.
 */
#include "base/base.h"
#include "wire/wire.h"

#include "wire/inside.h"

static void leave_out(struct decoder *decoder, uint64_t points)
{
    if (points == 0)
        return;
    decoder->request.rejected += points;
    (void)wire_refuse(&decoder->request,
                      "metrics are not kept here, only "
                      "traces, and logs that belong to them");
}

phx_status metric_read(struct decoder *decoder, struct reader item)
{
    uint32_t counts[FIELD_COUNTS];
    struct field field;
    phx_status status;

    while (item.at < item.end) {
        if ((status = field_next(decoder, &item, &field)) < 0)
            return status;
        switch (field.tag) {
        case METRIC_GAUGE:
        case METRIC_SUM:
        case METRIC_HISTOGRAM:
        case METRIC_EXPONENTIAL_HISTOGRAM:
        case METRIC_SUMMARY:
            if ((status = field_count(decoder, reader_over(field.bytes),
                                      counts)) < 0)
                return status;
            leave_out(decoder, counts[METRIC_DATA_POINTS >> 3]);
            break;
        }
    }
    return PHX_OK;
}

phx_status metric_read_json(struct decoder *decoder, const struct value *item)
{
    static const char *const kinds[] = {"gauge", "sum", "histogram",
                                        "exponentialHistogram", "summary"};
    struct value kind, points;
    phx_status status;

    if ((status = message_check(decoder, item, "metric")) < 0)
        return status;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((status = message_part(decoder, item, kinds[i], &kind)) < 0 ||
            (status = message_list(decoder, &kind, "dataPoints", &points)) < 0)
            return status;
        leave_out(decoder, points.count);
    }
    return PHX_OK;
}
