using System;
using BootDepot.Rack.Netboot.Tftp;
using BootDepot.Rack.Netboot.Tftp.Sending;

namespace BootDepot.Rack.Tests.Tftp;

public sealed class SendWindowTests
{
    [Fact]
    public void Options_are_acknowledged_before_the_first_window_goes_out()
    {
        var window = new SendWindow(last: 10, window: 4, negotiated: true);
        (window.Next, window.End).ShouldBe((0, 0));
        window.Sent(1);
        window.Next.ShouldBeGreaterThan(window.End);
        window.Acknowledge(1).ShouldBeFalse();
        window.Acknowledge(0).ShouldBeTrue();
        (window.Next, window.End).ShouldBe((1, 4));
        window.Acknowledge(0).ShouldBeFalse();
    }

    [Fact]
    public void A_window_goes_on_behind_the_last_block_that_arrived()
    {
        var window = new SendWindow(100, 8, negotiated: false);
        window.Sent(8);
        window.IsRepeated.ShouldBeFalse();
        window.Acknowledge(3).ShouldBeTrue();
        (window.Base, window.Next, window.End).ShouldBe((4, 4, 11));
        window.Sent(8);
        window.IsRepeated.ShouldBeTrue(); // its answer tells no time
        window.Acknowledge(2).ShouldBeFalse(); // late
        window.Acknowledge(3).ShouldBeFalse(); // doubled
        window.Next.ShouldBe(12);
        window.Acknowledge(11).ShouldBeTrue();
        window.Sent(8);
        window.IsRepeated.ShouldBeFalse();
    }

    [Fact]
    public void After_a_time_out_an_answer_to_the_first_copy_still_counts()
    {
        var window = new SendWindow(100, 4, negotiated: false);
        window.Sent(4);
        window.Rewind();
        window.Sent(1);
        window.Acknowledge(4).ShouldBeTrue();
        window.Next.ShouldBe(5);
        window.Acknowledge(9).ShouldBeFalse(); // never sent
    }

    [Fact]
    public void Block_numbers_roll_over_to_zero_as_often_as_needed()
    {
        var window = new SendWindow(last: 200_000, window: 3, negotiated: false);
        while (!window.IsDone)
        {
            var end = window.End;
            window.Sent(end - window.Next + 1);
            window.Acknowledge(unchecked((ushort)(window.Base - 1))).ShouldBeFalse();
            window.Acknowledge(unchecked((ushort)end)).ShouldBeTrue();
            window.Base.ShouldBe(end + 1);
        }

        window.Base.ShouldBe(200_001);
    }

    [Fact]
    public void Whatever_is_acknowledged_the_window_moves_forward_only_and_over_sent_blocks_only()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var size = random.Next(1, 65);
            var window = new SendWindow(random.Next(1, 5000), size, random.Next(2) == 0);
            long highest = window.Next - 1;
            for (var step = 0; step < 300 && !window.IsDone; step++)
            {
                if (random.Next(20) == 0)
                    window.Rewind();
                if (window.Next <= window.End)
                {
                    window.Sent(random.NextInt64(1, window.End - window.Next + 2));
                    highest = Math.Max(highest, window.Next - 1);
                }

                var before = window.Base;
                var number = random.Next(4) == 0 ? random.Next(65536) : (int)(window.Base + random.Next(-3, size + 3));
                var news = window.Acknowledge(unchecked((ushort)number));
                (window.Base > before).ShouldBe(news);
                window.Base.ShouldBeLessThanOrEqualTo(highest + 1);
                window.Next.ShouldBeInRange(window.Base, window.Base + size);
            }
        }
    }

    [Fact]
    public void Time_outs_follow_what_answers_take_and_double_when_none_comes()
    {
        var options = new TftpOptions();
        var timer = new RetransmitTimer(options, null);
        timer.Wait.ShouldBe(1_000_000);
        for (var i = 0; i < 50; i++)
            timer.Measured(100);
        timer.Wait.ShouldBe(20_000);
        for (var i = 0; i < 50; i++)
            timer.Measured(300_000);
        timer.Wait.ShouldBeInRange(300_000, 400_000);
        for (var i = 0; i < 20; i++)
            timer.BackOff();
        timer.Wait.ShouldBe(7_000_000);
        new RetransmitTimer(options, TimeSpan.FromSeconds(9)).Wait.ShouldBe(1_000_000);
    }
}
