using System;

namespace BootDepot.Simplestreams.Tests;

public sealed class StreamTimeTests
{
    private static readonly DateTimeOffset Example = new(2026, 3, 10, 6, 15, 42, TimeSpan.Zero);

    [Fact]
    public void Times_are_written_as_publishers_write_them() =>
        StreamTime.Format(Example.AddMilliseconds(999).ToOffset(TimeSpan.FromHours(-5))).ShouldBe("Tue, 10 Mar 2026 06:15:42 +0000");

    [Theory]
    [InlineData("Tue, 10 Mar 2026 06:15:42 +0000")]
    [InlineData("10 Mar 2026 06:15:42 +0000")]
    [InlineData("Tue, 10 Mar 2026 06:15:42 GMT")]
    [InlineData("Mon, 10 Mar 2026 06:15:42 -0000")]
    [InlineData("Tue, 10 Mar 2026 08:15:42 +0200")]
    [InlineData("2026-03-10T06:15:42Z")]
    [InlineData("2026-03-10T08:15:42+02:00")]
    [InlineData("2026-03-10 06:15:42")]
    [InlineData(" Tue, 10 Mar 2026 06:15:42 +0000 ")]
    public void Times_are_read_in_every_usual_form(string text) => StreamTime.ParseOrNull(text).ShouldBe(Example);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("Tue, 10 Mar 2026 06:15:42 PST")]
    [InlineData("Tue, 32 Mar 2026 06:15:42 +0000")]
    [InlineData("Tue, 10 Mär 2026 06:15:42 +0000")]
    [InlineData("01 Jan 0001 00:00:00 +1400")]
    [InlineData("2026-13-10T06:15:42Z")]
    public void What_is_no_time_is_null(string? text) => StreamTime.ParseOrNull(text).ShouldBeNull();
}
