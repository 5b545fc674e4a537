using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Views;

internal sealed class StreamViewConfiguration : IEntityTypeConfiguration<StreamView>
{
    public void Configure(EntityTypeBuilder<StreamView> builder)
    {
        builder.Property(v => v.Name).HasMaxLength(MaxLengths.Name);
        builder.HasIndex(v => v.Name).IsUnique();
    }
}
