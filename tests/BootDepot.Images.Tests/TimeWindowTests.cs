using System;
using System.Globalization;

namespace BootDepot.Images.Tests;

public sealed class TimeWindowTests
{
    [Theory]
    [InlineData("22:00-06:00", "23:30", true)]
    [InlineData("22:00-06:00", "05:59", true)]
    [InlineData("22:00-06:00", "12:00", false)]
    [InlineData("08:00-09:00", "08:30", true)]
    [InlineData("08:00-09:00", "09:00", false)]
    public void Windows_may_go_over_midnight(string window, string time, bool isIn) =>
        TimeWindow.Parse(window).IsOpenAt(TimeOnly.Parse(time, CultureInfo.InvariantCulture)).ShouldBe(isIn);

    [Theory]
    [InlineData("")]
    [InlineData("22:00")]
    [InlineData("22:00-22:00")]
    [InlineData("22:00-25:00")]
    [InlineData("1:00-2:00")]
    public void What_is_no_window_is_refused(string text) => TimeWindow.TryParse(text, out _).ShouldBeFalse();
}
